/* Shows the plots of the picked network with the picked image. A network is drawn when it is first shown: a plot cannot
   be laid out while it is hidden, and a page of many plots opens slowly. */
(() => {
  const image = document.getElementById("picked-image"), network = document.getElementById("picked-network")
  const layouts = new Map()

  async function draw(place) {
    const item = JSON.parse(place.querySelector("script").textContent)
    await Bokeh.embed.embed_item(item, place.querySelector("div"))
    const layout = Bokeh.documents.map((drawn) => drawn.get_model_by_id(item.root_id)).find((found) => found)
    for (const model of layout.references()) if (model.type === "CustomJSHover") model.format = bin
    if (matchMedia("(pointer: coarse)").matches) release(layout)
    return layout
  }

  // Limits of the bin at the pointer: the page's policy forbids Bokeh to make a function of a text.
  function bin(value) {
    const {first, width, end, gap} = this.args instanceof Map ? Object.fromEntries(this.args) : this.args
    const low = Math.floor((value - first) / width) * width
    const high = Math.min(low + width, end) - gap
    return `${Number(low.toFixed(3))} to ${Number(high.toFixed(3))}`
  }

  // Put the columns and the titles of an image into the plots.
  function pick(layout, number) {
    const [shown, stored, texts] = layout.tags
    shown.forEach((source, place) => { source.data = stored[place][number].data })
    texts.forEach(([title, of_images]) => { title.text = of_images[number] })
  }

  // A finger scrolls the page over the plots until the reader takes up a tool.
  function release(layout) {
    for (const model of layout.references()) if (model.type === "BoxZoomTool") model.active = false
  }

  function layoutIn(place) {
    if (!layouts.has(place)) layouts.set(place, draw(place))
    return layouts.get(place)
  }

  async function show() {
    for (const block of document.querySelectorAll("[data-network]")) block.hidden = block.dataset.network !== network.value
    for (const text of document.querySelectorAll("[data-image]")) text.hidden = text.dataset.image !== image.value
    for (const place of document.querySelectorAll("[data-network]:not([hidden]) .plots")) {
      pick(await layoutIn(place), Number(image.value))
    }
  }

  for (const picked of [image, network]) picked.addEventListener("change", show)
  show()
})()
