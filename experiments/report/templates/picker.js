/* Shows the plots of the picked network with the picked image. A network is drawn when it is first shown: a plot cannot
   be laid out while it is hidden, and a page of many plots opens slowly. */
(() => {
  const image = document.getElementById("picked-image"), network = document.getElementById("picked-network")
  const layouts = new Map()

  async function draw(place) {
    const item = JSON.parse(place.querySelector("script").textContent)
    await Bokeh.embed.embed_item(item, place.querySelector("div"))
    const layout = Bokeh.documents.map((drawn) => drawn.get_model_by_id(item.root_id)).find((found) => found)
    if (matchMedia("(pointer: coarse)").matches) release(layout)
    return layout
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
      const layout = await layoutIn(place)
      layout.tags = [Number(image.value)]
    }
  }

  for (const picked of [image, network]) picked.addEventListener("change", show)
  show()
})()
