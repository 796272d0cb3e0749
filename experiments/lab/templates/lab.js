/* The settings of the page: each has its sliders, its plots and its own connection, over which it asks for runs. */
(() => {
  const {experiments, start} = JSON.parse(document.getElementById("described").textContent)
  const menu = document.getElementById("experiment"), main = document.getElementById("settings")
  const beside = document.getElementById("beside"), live = document.getElementById("live")
  const settings = []

  class Setting {
    constructor(name) {
      const parts = document.getElementById("setting").content.cloneNode(true)
      this.element = parts.querySelector("section")
      this.element.setAttribute("aria-label", `Setting ${name}`)
      this.element.querySelector("h2").textContent = `Setting ${name}`
      this.form = parts.querySelector("form")
      this.status = parts.querySelector("[role=status]")
      this.progress = parts.querySelector("progress")
      this.waiting = []
      this.pad = new Pad(parts.querySelector(".drawing"), () => this.drawn(), (step) => this.another(step))
      const how = this.element.querySelector(".how")
      how.id = `how-${name}`
      this.pad.canvas.setAttribute("aria-describedby", how.id)
      main.append(parts)
      this.form.addEventListener("submit", (event) => { event.preventDefault(); this.run() })
      this.form.addEventListener("input", (event) => this.change(event.target))
      this.button("stop").addEventListener("click", () => this.ask({do: "stop"}))
      this.button("save").addEventListener("click", () => this.ask({do: "save"}))
      this.button("reset").addEventListener("click", () => { this.fill(this.experiment, {}); this.run() })
      for (const kind of ["script", "command"]) this.button(`copy-${kind}`).addEventListener("click", () => this.copy(kind))
      this.connect()
    }

    button(name) { return this.form.elements[name] }
    text(kind) { return this.form.querySelector(`[data-text=${kind}]`) }

    connect() {
      this.socket = new WebSocket(new URL("setting", location.href.replace(/^http/, "ws")))
      this.socket.addEventListener("open", () => { for (const text of this.waiting.splice(0)) this.socket.send(text) })
      this.socket.addEventListener("message", (event) => this.hear(JSON.parse(event.data)))
      this.socket.addEventListener("close", (event) => {
        if (this.element.isConnected) this.say(event.reason || "The lab has ended; start it again and open its new address.", true)
        this.running(false)
      })
    }

    ask(request) {
      const text = JSON.stringify(request)
      if (this.socket.readyState === WebSocket.CONNECTING) this.waiting.push(text)
      else this.socket.send(text)
    }

    // Show the sliders of an experiment with these values, and those at the beginning for all others.
    fill(experiment, values, seconds = experiment.seconds, seed = 1, drawing = "") {
      this.experiment = experiment
      this.form.querySelector(".knobs").replaceChildren(...experiment.knobs.map((knob) => slider(knob, values[knob.name] ?? knob.start)))
      this.form.querySelector(".duration").hidden = experiment.seconds === null
      Object.assign(this.form.elements.seconds, {min: experiment.piece, step: experiment.piece, value: seconds, disabled: experiment.seconds === null})
      this.form.elements.seed.value = seed
      this.pad.place.hidden = !experiment.takesDrawing
      this.pad.show(drawing)
    }

    values() {
      return Object.fromEntries(this.experiment.knobs.map(({name}) => [name, Number(this.form.elements[name].value)]))
    }

    change(input) {
      if (input.type === "range") show(input)
      if (input.name === "sample") this.pad.show("")
      this.soon()
    }

    soon() {
      clearTimeout(this.timer)
      if (!live.checked) return
      this.changed ??= performance.now()
      this.timer = setTimeout(() => this.run(), 150)
    }

    // What is drawn in one setting is drawn in both, so that both read the same digit.
    drawn() {
      for (const setting of settings) {
        if (setting !== this) setting.pad.show(this.pad.text())
        // An answer is awaited, and a training too, before the next question is put.
        if (setting.element.dataset.running === "true") setting.again = live.checked
        else setting.soon()
      }
    }

    // Another image of the test set, instead of a drawing.
    another(step) {
      for (const setting of settings) {
        const input = setting.form.elements.sample
        if (step > 0) input.stepUp()
        else input.stepDown()
        setting.change(input)
      }
    }

    draw() {
      this.layout = null
      this.ask({do: "draw", experiment: this.experiment.name})
    }

    run() {
      clearTimeout(this.timer)
      this.again = false
      if (!this.form.reportValidity()) return
      const {seconds, seed} = this.form.elements
      this.asked = this.changed ?? performance.now()
      this.changed = null
      this.running(true)
      this.ask({
        do: "run", experiment: this.experiment.name, values: this.values(), seed: Number(seed.value), drawing: this.pad.text(),
        seconds: seconds.disabled ? null : Number(seconds.value),
      })
    }

    async hear(answer) {
      // Answers are taken in order: plots must stand before a piece is put into them.
      this.heard = (this.heard ?? Promise.resolve()).then(() => this[answer.kind](answer))
      await this.heard
    }

    async plots({item}) {
      const place = this.element.querySelector(".plots")
      this.forget()
      place.replaceChildren()
      this.views = await Bokeh.embed.embed_item(item, place)
      this.layout = Bokeh.documents.map((drawn) => drawn.get_model_by_id(item.root_id)).find((found) => found)
      const time = this.layout.tags[1]
      if (time) for (const end of [time.properties.start, time.properties.end]) end.change.connect(() => link(this))
    }

    // What Bokeh holds of plots that are no longer shown.
    forget() {
      for (const view of this.views?.roots ?? []) {
        const {document} = view.model
        Bokeh.index.delete(view)
        if (Bokeh.documents.includes(document)) Bokeh.documents.splice(Bokeh.documents.indexOf(document), 1)
      }
    }

    began({script, command, axis}) {
      this.next = null
      this.text("script").textContent = script
      this.text("command").textContent = command
      this.fresh = true
      this.axis = axis
      this.first = null
      this.progress.value = 0
      this.running(true)
      this.say("Preparing the network; a new one is compiled first, which takes some seconds once.")
    }

    // A piece is drawn when the one before it has been; what comes meanwhile is drawn at once then.
    piece({shown, done, said}) {
      this.next = {shown: this.next ? this.next.shown.map((one, place) => joined(one, shown[place])) : shown, done, said}
      this.drawing ??= this.drawAll()
    }

    async drawAll() {
      while (this.next) {
        this.drawPiece()
        await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))
      }
      this.drawing = null
    }

    drawPiece() {
      const {shown, done, said} = this.next
      this.next = null
      if (!this.layout) return
      const [sources, time] = this.layout.tags
      this.progress.value = done
      this.say(`${said}.`)
      if (shown.every((one) => one === null)) return
      if (this.fresh && this.axis !== null && time.bounds[1] !== this.axis) time.setv({start: 0, end: this.axis, bounds: [0, this.axis]})
      shown.forEach((one, place) => {
        if (one === null) return
        if (one.columns.image) one.columns.image = matrices(one.columns.image, sources[place])
        if (one.grows && !this.fresh) sources[place].stream(one.columns)
        else sources[place].data = one.columns
      })
      this.fresh = false
      this.first ??= performance.now() - this.asked
      this.element.dataset.first = (this.first / 1e3).toFixed(3)
      this.say(`${said}; first picture after ${(this.first / 1e3).toFixed(2)} s.`)
      this.button("save").disabled = false
    }

    async ended({said}) {
      await this.drawing
      this.running(false)
      this.say(`${said}; ${((performance.now() - this.asked) / 1e3).toFixed(1)} s.`)
      if (this.again) this.run()
    }

    saved({folder}) { this.say(`Saved in ${folder}.`) }
    failed({text}) { this.running(false); this.say(text, true) }

    running(is) {
      this.element.dataset.running = is
      this.button("stop").disabled = !is
    }

    say(text, wrong = false) {
      this.status.textContent = text
      this.status.classList.toggle("wrong", wrong)
    }

    async copy(kind) {
      await navigator.clipboard.writeText(this.text(kind).textContent)
      this.say(`The ${kind} is in the clipboard.`)
    }

    close() {
      this.forget()
      this.element.remove()
      this.socket.close()
    }
  }

  // An area in which a digit is drawn, with mouse, pen or finger: coordinates from 0 to 255, as Python takes them.
  class Pad {
    constructor(place, changed, another) {
      Object.assign(this, {place, changed, strokes: [], stroke: null})
      this.canvas = place.querySelector("canvas")
      const {canvas} = this
      canvas.addEventListener("pointerdown", (event) => {
        canvas.setPointerCapture(event.pointerId)
        this.strokes.push(this.stroke = [this.point(event)])
        this.paint()
      })
      canvas.addEventListener("pointermove", (event) => {
        if (!this.stroke) return
        for (const each of event.getCoalescedEvents?.() ?? [event]) this.add(this.point(each))
      })
      for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => {
        if (!this.stroke) return
        this.stroke = null
        changed()
      })
      canvas.addEventListener("keydown", (event) => {
        const step = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1}[event.key]
        if (step) another(step)
        else if (["Delete", "Backspace", "Escape"].includes(event.key)) this.clear()
        else return
        event.preventDefault()
      })
      place.querySelector("button").addEventListener("click", () => this.clear())
    }

    point(event) {
      const {left, top, width, height} = this.canvas.getBoundingClientRect()
      const within = (share) => Math.min(255, Math.max(0, Math.round(255 * share)))
      return [within((event.clientX - left) / width), within((event.clientY - top) / height)]
    }

    add(point) {
      const last = this.stroke[this.stroke.length - 1]
      if (Math.hypot(point[0] - last[0], point[1] - last[1]) < 4) return
      this.stroke.push(point)
      this.paint()
      this.changed()
    }

    clear() {
      if (!this.strokes.length) return
      this.show("")
      this.changed()
    }

    show(text) {
      this.strokes = text ? text.split(";").map((stroke) => stroke.split(" ").map((point) => point.split(",").map(Number))) : []
      this.paint()
    }

    text() { return this.strokes.map((stroke) => stroke.map((point) => point.join(",")).join(" ")).join(";") }

    paint() {
      const pen = this.canvas.getContext("2d")
      pen.clearRect(0, 0, 256, 256)
      Object.assign(pen, {lineWidth: 18, lineCap: "round", lineJoin: "round", strokeStyle: "#1d1d1f"})
      for (const stroke of this.strokes) {
        pen.beginPath()
        pen.moveTo(...stroke[0])
        for (const point of stroke) pen.lineTo(...point)
        pen.stroke()
      }
    }
  }

  // Images as Bokeh wants them: of the kind that the plot began with.
  function matrices(images, source) {
    const Matrix = source.get_column("image")[0].constructor
    return images.map((rows) => new Matrix(rows.flat(), [rows.length, rows[0].length]))
  }

  function joined(one, other) {
    if (other === null) return one
    if (!one?.grows) return other
    const columns = Object.entries(other.columns).map(([name, values]) => [name, one.columns[name].concat(values)])
    return {grows: true, columns: Object.fromEntries(columns)}
  }

  function slider(knob, value) {
    const place = document.createElement("p"), label = document.createElement("label"), input = document.createElement("input")
    place.className = "knob"
    label.append(knob.compiled ? `${knob.label} (compiled anew)` : knob.label, document.createElement("output"))
    Object.assign(input, {type: "range", name: knob.name, min: knob.low, max: knob.high, step: knob.step, title: knob.name})
    input.value = value
    input.dataset.sign = knob.sign
    input.setAttribute("aria-label", knob.label)
    place.append(label, input)
    label.append()
    show(input)
    return place
  }

  function show(input) {
    const text = `${input.value} ${input.dataset.sign}`.trim()
    input.parentElement.querySelector("output").textContent = text
    input.setAttribute("aria-valuetext", text)
  }

  // Both settings show the same stretch of time.
  function link(from) {
    const {start, end} = from.layout.tags[1]
    for (const other of settings) {
      const range = other.layout?.tags[1]
      if (other !== from && range && (range.start !== start || range.end !== end)) range.setv({start, end})
    }
  }

  function choose(values = {}, seconds, seed, drawing) {
    const experiment = experiments.find(({name}) => name === menu.value)
    document.getElementById("about").textContent = experiment.about
    for (const setting of settings) {
      setting.fill(experiment, values, seconds, seed, drawing)
      setting.draw()
      setting.run()
    }
  }

  menu.addEventListener("change", () => choose())
  beside.addEventListener("change", () => {
    main.classList.toggle("two", beside.checked)
    if (!beside.checked) { settings.pop().close(); return }
    const [first] = settings, second = new Setting("B")
    settings.push(second)
    const {seconds, seed} = first.form.elements
    second.fill(first.experiment, first.values(), seconds.disabled ? null : seconds.value, seed.value, first.pad.text())
    second.draw()
    second.run()
  })

  menu.value = start.experiment
  settings.push(new Setting("A"))
  choose(start.values, start.seconds, start.seed, start.drawing)
})()
