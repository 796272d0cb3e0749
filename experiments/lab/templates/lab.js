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
    fill(experiment, values, seconds = experiment.seconds, seed = 1) {
      this.experiment = experiment
      this.form.querySelector(".knobs").replaceChildren(...experiment.knobs.map((knob) => slider(knob, values[knob.name] ?? knob.start)))
      Object.assign(this.form.elements.seconds, {min: experiment.piece, step: experiment.piece, value: seconds})
      this.form.elements.seed.value = seed
    }

    values() {
      return Object.fromEntries(this.experiment.knobs.map(({name}) => [name, Number(this.form.elements[name].value)]))
    }

    change(input) {
      if (input.type === "range") show(input)
      clearTimeout(this.timer)
      if (live.checked) this.timer = setTimeout(() => this.run(), 150)
    }

    draw() {
      this.layout = null
      this.ask({do: "draw", experiment: this.experiment.name})
    }

    run() {
      clearTimeout(this.timer)
      if (!this.form.reportValidity()) return
      const {seconds, seed} = this.form.elements
      this.asked = performance.now()
      this.ask({do: "run", experiment: this.experiment.name, values: this.values(), seconds: Number(seconds.value), seed: Number(seed.value)})
    }

    async hear(answer) {
      // Answers are taken in order: plots must stand before a piece is put into them.
      this.heard = (this.heard ?? Promise.resolve()).then(() => this[answer.kind](answer))
      await this.heard
    }

    async plots({item}) {
      const place = this.element.querySelector(".plots")
      if (this.views) for (const view of this.views.roots) Bokeh.index.delete(view)
      place.replaceChildren()
      this.views = await Bokeh.embed.embed_item(item, place)
      this.layout = Bokeh.documents.map((drawn) => drawn.get_model_by_id(item.root_id)).find((found) => found)
      const time = this.layout.tags[1]
      for (const end of [time.properties.start, time.properties.end]) end.change.connect(() => link(this))
    }

    began({script, command, end}) {
      this.next = null
      this.text("script").textContent = script
      this.text("command").textContent = command
      this.fresh = true
      this.end = end
      this.first = null
      this.progress.value = 0
      this.running(true)
      this.say("Preparing the network; a new one is compiled first, which takes some seconds once.")
    }

    // A piece is drawn when the one before it has been; what comes meanwhile is drawn at once then.
    piece({shown, done}) {
      this.next = {shown: this.next ? this.next.shown.map((one, place) => joined(one, shown[place])) : shown, done}
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
      const {shown, done} = this.next
      this.next = null
      if (!this.layout) return
      const [sources, time] = this.layout.tags
      if (this.fresh && time.bounds[1] !== this.end) time.setv({start: 0, end: this.end, bounds: [0, this.end]})
      shown.forEach(({grows, columns}, place) => {
        if (grows && !this.fresh) sources[place].stream(columns)
        else sources[place].data = columns
      })
      this.fresh = false
      this.first ??= performance.now() - this.asked
      this.progress.value = done
      this.say(`${(done * this.end).toFixed(0)} of ${this.end.toFixed(0)} ms simulated; first spikes after ${(this.first / 1e3).toFixed(2)} s.`)
      this.button("save").disabled = false
    }

    async ended({done}) {
      await this.drawing
      this.running(false)
      const seconds = ((performance.now() - this.asked) / 1e3).toFixed(1)
      this.say(`${done < 1 ? "Stopped at" : "Simulated"} ${(done * this.end).toFixed(0)} ms in ${seconds} s.`)
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
      this.element.remove()
      this.socket.close()
    }
  }

  function joined(one, other) {
    if (!one.grows) return other
    const columns = Object.entries(other.columns).map(([name, values]) => [name, one.columns[name].concat(values)])
    return {grows: true, columns: Object.fromEntries(columns)}
  }

  function slider(knob, value) {
    const place = document.createElement("p"), label = document.createElement("label"), input = document.createElement("input")
    place.className = "knob"
    label.append(knob.label, document.createElement("output"))
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

  function choose(values = {}, seconds, seed) {
    const experiment = experiments.find(({name}) => name === menu.value)
    document.getElementById("about").textContent = experiment.about
    for (const setting of settings) {
      setting.fill(experiment, values, seconds, seed)
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
    second.fill(first.experiment, first.values(), first.form.elements.seconds.value, first.form.elements.seed.value)
    second.draw()
    second.run()
  })

  menu.value = start.experiment
  settings.push(new Setting("A"))
  choose(start.values, start.seconds, start.seed)
})()
