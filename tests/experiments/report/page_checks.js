/* What a reader may expect of any page, found out in the page itself. Each function lists what offends. */
const checks = {
  /* A reader who opens all that can be opened. */
  unfold() {
    for (const details of document.querySelectorAll("details")) details.open = true
  },

  images() {
    return [...document.images].filter((image) => !(image.complete && image.naturalWidth > 0 && image.alt.length > 40))
      .map((image) => image.alt || image.src.slice(0, 40))
  },

  headings() {
    const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => Number(heading.tagName[1]))
    const jumps = levels.filter((level, place) => level > (place ? levels[place - 1] : 0) + 1)
    return levels.filter((level) => level === 1).length === 1 ? jumps : levels
  },

  controls() {
    const controls = [...document.querySelectorAll("select, button, textarea, input:not([type=hidden])")]
    const named = (control) => control.labels.length || control.ariaLabel || (control.localName === "button" && control.textContent.trim())
    return controls.filter((control) => !named(control)).map((control) => control.outerHTML)
  },

  links() {
    const links = [...document.querySelectorAll("a")]
    return links.filter((link) => !document.getElementById(link.hash.slice(1)) || !link.textContent.trim())
      .map((link) => link.outerHTML)
  },

  tables() {
    const tables = [...document.querySelectorAll("table")]
    return tables.filter((table) => !table.caption || [...table.querySelectorAll("th")].some((head) => !head.scope))
      .map((table) => table.textContent.slice(0, 80))
  },

  /* Text whose contrast with what is behind it is below 4.5 to 1, or below 3 to 1 where it is large (WCAG 2, 1.4.3). */
  contrast() {
    const faint = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement
      if (!text || !element.checkVisibility() || element.closest("script, style")) continue
      const style = getComputedStyle(element), size = parseFloat(style.fontSize)
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      const ratio = contrast(style.color, background(element))
      if (ratio < (large ? 3 : 4.5)) faint.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`)
    }
    return faint
  },

  /* The same for the words within plots, which stand on white. */
  contrastInPlots() {
    const faint = []
    for (const model of Bokeh.documents.flatMap((drawn) => drawn.roots()).flatMap((root) => [...root.references()])) {
      for (const name of ["text_color", "axis_label_text_color", "major_label_text_color", "label_text_color"]) {
        const colour = model[name]
        if (typeof colour === "string" && contrast(rgb(colour), [255, 255, 255]) < 4.5) faint.push(`${model.type} ${colour}`)
      }
    }
    return faint
  },

  /* What the page says of the thing that the pointer is at. */
  told() {
    const rows = everywhere(document, ".bk-tooltip-content").filter((content) => content.checkVisibility())
    return rows.flatMap((content) => [...content.querySelectorAll("div")]).filter((row) => !row.children[0].children.length)
      .map((row) => row.textContent).join(" ")
  },

  /* What Bokeh shows of the plot whose title begins so. */
  plot(title) {
    const plots = Bokeh.documents.flatMap((drawn) => drawn.roots()).flatMap((root) => [...root.references()])
    return Bokeh.index.find_one(plots.find((model) => model.x_range && model.title?.text.text?.startsWith(title)))
  },

  /* Where its frame lies in the window: left, top, width, height. */
  frame(title) {
    const {el, frame} = this.plot(title), {x, y} = el.getBoundingClientRect()
    return [x + frame.bbox.left, y + frame.bbox.top, frame.bbox.width, frame.bbox.height]
  },

  /* Plots without a canvas that has a size. */
  plots() {
    const places = [...document.querySelectorAll(".plots")].filter((place) => place.checkVisibility())
    return places.filter((place) => !everywhere(place, "canvas").some((canvas) => canvas.width > 100 && canvas.height > 100))
      .map((place) => place.textContent.slice(0, 80))
  },
}

/* All that a selector finds, also within shadow roots. */
function everywhere(root, selector) {
  const shadows = [...root.querySelectorAll("*")].map((element) => element.shadowRoot).filter((shadow) => shadow)
  return [...root.querySelectorAll(selector), ...shadows.flatMap((shadow) => everywhere(shadow, selector))]
}

/* Red, green, blue and, where it is not 1, alpha of a colour that the browser knows. */
function rgb(colour) {
  const probe = document.body.appendChild(document.createElement("i"))
  probe.style.color = colour
  const found = getComputedStyle(probe).color
  probe.remove()
  return numbers(found)
}

function numbers(computed) {
  return computed.match(/[\d.]+/g).map(Number)
}

function background(element) {
  for (let behind = element; behind; behind = behind.parentElement) {
    const [red, green, blue, alpha = 1] = numbers(getComputedStyle(behind).backgroundColor)
    if (alpha === 1) return [red, green, blue]
    if (alpha > 0) throw new Error(`half-transparent background of ${behind.outerHTML.slice(0, 80)}`)
  }
  return [255, 255, 255]
}

function luminance([red, green, blue]) {
  const [r, g, b] = [red, green, blue].map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(text, behind) {
  const [low, high] = [luminance(typeof text === "string" ? numbers(text) : text), luminance(behind)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}
