// The network of outlets, drawn from the page's JSON twin. Without it the page's tables tell the same.
"use strict";
(() => {
  const section = document.getElementById("network");
  if (!section || !section.dataset.twin) return;
  const byId = (id) => document.getElementById(id);
  const place = byId("graph"), panel = byId("panel"), told = byId("network-told");
  // Rounds of the layout, so that any number of outlets is laid out in about half a second.
  const MOST_ROUNDS = 300, ROUND_COST = 150000;
  const LISTED = 8, GOLDEN = Math.PI * (3 - Math.sqrt(5));

  const clean = (text) => String(text).replace(/[\p{Cc}]/gu, " ").replace(/[\p{Cf}\p{Cs}]/gu, "").replace(/\s+/g, " ").trim();
  const count = (number) => number.toLocaleString("en");
  const counted = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;
  const address = (page, ...parts) => "/" + [page, ...parts.map(encodeURIComponent)].join("/");

  function element(name, text, children = []) {
    const made = document.createElement(name);
    if (text) made.textContent = clean(text);
    made.append(...children);
    return made;
  }

  function link(href, text) {
    const made = element("a", text);
    made.href = href;
    return made;
  }

  function later(hours) {
    if (hours === null) return "";
    const size = Math.abs(hours);
    const long = size < 1 ? `${Math.round(size * 60)} min` : size < 48 ? `${Math.round(size)} h` : `${Math.round(size / 24)} days`;
    return `, ${long} ${hours < 0 ? "earlier" : "later"} (median)`;
  }

  // Colours are those of the style sheet, dark or light.
  function colours() {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(`--${name}`).trim().replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
    const paper = of("paper"), quiet = of("quiet");
    const mixed = (part) => "#" + [1, 3, 5].map((at) => {
      const [one, two] = [quiet, paper].map((colour) => parseInt(colour.slice(at, at + 2), 16));
      return Math.round(one * part + two * (1 - part)).toString(16).padStart(2, "0");
    }).join("");
    return { paper, quiet, ink: of("ink"), accent: of("accent"), rule: of("rule"), edge: mixed(0.45), dim: mixed(0.3), font: style.getPropertyValue("--sans") };
  }

  // A place for each outlet: first on a spiral, the busiest in the middle, then moved a fixed number of rounds. Nothing
  // is left to chance, so the same network is drawn the same.
  function laidOut(network) {
    const graph = new graphology.DirectedGraph();
    const tied = new Set(network.edges.flatMap((edge) => [edge.copier, edge.source]));
    network.nodes.filter((node) => tied.has(node.name)).forEach((node, at) => {
      const far = 10 * Math.sqrt(at), turn = at * GOLDEN;
      graph.addNode(node.name, { x: far * Math.cos(turn), y: far * Math.sin(turn), told: node });
    });
    for (const edge of network.edges) {
      graph.addEdge(edge.copier, edge.source, { weight: 1 + Math.log2(edge.copies), told: edge });
    }
    const order = graph.order, large = order > 600;
    const cost = (large ? order * Math.log2(order) * 4 : order * order) + graph.size;
    const rounds = Math.max(20, Math.min(MOST_ROUNDS, Math.round((ROUND_COST * 150) / cost)));
    const settings = { gravity: 1, scalingRatio: 12, slowDown: 2, barnesHutOptimize: large, linLogMode: true, edgeWeightInfluence: 0.5 };
    if (order > 1) graphologyLibrary.layoutForceAtlas2.assign(graph, { iterations: rounds, settings });
    return graph;
  }

  function show(network) {
    const graph = laidOut(network);
    const asked = { least: 1, from: 0, to: Math.max(0, network.months.length - 1), agency: network.query.agency || "" };
    let hues = colours(), hovered = null, chosen = null;

    // Counts of each pair and outlet, as far as the sliders let them through.
    function count_again() {
      const from = network.months[asked.from] || "", to = network.months[asked.to] || "";
      const whole = asked.from === 0 && asked.to >= network.months.length - 1;
      const most = { edge: 1, node: 1 };
      graph.forEachNode((name, node) => { node.seen = 0; });
      graph.forEachEdge((edge, facts, copier, source) => {
        const parts = facts.told.parts.filter((part) =>
          (!asked.agency || part.agency === asked.agency) && (whole || (part.month && part.month >= from && part.month <= to)));
        const copies = parts.reduce((sum, part) => sum + part.copies, 0);
        facts.full = parts.reduce((sum, part) => sum + part.full, 0);
        facts.seen = copies >= asked.least ? copies : 0;
        for (const name of [copier, source]) graph.getNodeAttributes(name).seen += facts.seen;
        most.edge = Math.max(most.edge, facts.seen);
      });
      graph.forEachNode((name, node) => { most.node = Math.max(most.node, node.seen); });
      return most;
    }

    let most = count_again();
    const near = (name) => { const at = hovered || chosen; return !at || name === at || graph.areNeighbors(name, at); };

    function nodeLook(name, facts) {
      const { is_agency: agency, in_corpus: here } = facts.told, dim = !near(name);
      const colour = dim ? hues.dim : agency ? hues.accent : hues.quiet;
      const size = 3 + 13 * Math.sqrt(facts.seen / most.node);
      return {
        x: facts.x, y: facts.y, hidden: !facts.seen, size, agency,
        label: clean(name) + (agency ? " (agency)" : ""), color: here ? colour : hues.paper, rim: name === chosen ? hues.ink : colour,
        forceLabel: facts.seen > 0 && (agency || name === chosen || (hovered !== null && !dim && graph.degree(hovered) < 25)),
        zIndex: dim ? 0 : 1, labelColor: dim ? hues.dim : hues.ink,
      };
    }

    function edgeLook(edge, facts) {
      const at = hovered || chosen, ours = at && graph.hasExtremity(edge, at), picked = chosen === edge;
      return {
        hidden: !facts.seen, size: 1 + 5 * Math.sqrt(facts.seen / most.edge),
        color: picked || ours ? hues.accent : at && graph.hasNode(at) ? hues.dim : hues.edge, zIndex: picked || ours ? 1 : 0,
      };
    }

    // The square of an agency, and its name: never told by colour alone.
    function label(context, data, settings) {
      if (data.agency) {
        const half = data.size + 3;
        context.strokeStyle = data.rim;
        context.lineWidth = 1.5;
        context.strokeRect(data.x - half, data.y - half, 2 * half, 2 * half);
      }
      if (!data.label) return;
      context.font = `${data.agency ? 600 : 400} ${settings.labelSize}px ${hues.font}`;
      const wide = context.measureText(data.label).width, right = data.x + data.size + 6;
      const left = right + wide < place.clientWidth ? right : Math.max(2, data.x - data.size - 6 - wide), down = data.y + settings.labelSize / 3;
      context.lineWidth = 3;
      context.strokeStyle = hues.paper;
      context.strokeText(data.label, left, down);
      context.fillStyle = data.labelColor;
      context.fillText(data.label, left, down);
    }

    section.hidden = false;
    const drawing = new Sigma(graph, place, {
      nodeReducer: nodeLook, edgeReducer: edgeLook, defaultEdgeType: "arrow", enableEdgeEvents: true, zIndex: true,
      defaultNodeType: "rimmed", labelRenderedSizeThreshold: 6, labelDensity: 0.6, labelSize: 13, minEdgeThickness: 1,
      defaultDrawNodeLabel: label, defaultDrawNodeHover: label,
      nodeProgramClasses: { rimmed: Sigma.rendering.createNodeBorderProgram({
        borders: [{ size: { value: 2, mode: "pixels" }, color: { attribute: "rim" } }, { size: { fill: true }, color: { attribute: "color" } }],
      }) },
    });

    function tell() {
      const seen = graph.filterNodes((name, node) => node.seen).length, pairs = graph.filterEdges((edge, facts) => facts.seen).length;
      told.textContent = `${counted(seen, "outlet", "outlets")} and ${counted(pairs, "pair", "pairs")} are drawn.`;
      place.dataset.pairs = pairs;
      return seen;
    }

    function draw_again() {
      most = count_again();
      drawing.refresh();
      place.dataset.drawn = tell();
    }

    function list(title, names) {
      if (!names.length) return [];
      return [element("h4", title), element("ul", "", names)];
    }

    // An arrow in the panel: a name to choose it, and a way to its links.
    function arrow(edge, other) {
      const facts = graph.getEdgeAttributes(edge), button = link(address("links", facts.told.copier, facts.told.source), counted(facts.seen, "copy", "copies"));
      return element("li", "", [document.createTextNode(`${clean(other)}: `), button]);
    }

    function strongest(edges) {
      const seen = edges.filter((edge) => graph.getEdgeAttribute(edge, "seen"));
      return seen.sort((a, b) => graph.getEdgeAttribute(b, "seen") - graph.getEdgeAttribute(a, "seen")).slice(0, LISTED);
    }

    function tellOutlet(name) {
      const node = graph.getNodeAttributes(name).told;
      const head = element("h3", "", [node.in_corpus ? link(address("outlet", name), name) : document.createTextNode(clean(name))]);
      const what = element("p", node.in_corpus
        ? `${node.is_agency ? "An agency" : "An outlet"} with ${counted(node.documents, "document", "documents")}: ${counted(node.copies, "is a copy", "are copies")}, and there are ${counted(node.copied, "copy", "copies")} of them.`
        : `An agency, not in the corpus; ${counted(node.copied, "copy credits", "copies credit")} it.`);
      panel.replaceChildren(head, what,
        ...list("Took most from", strongest(graph.outEdges(name)).map((edge) => arrow(edge, graph.target(edge)))),
        ...list("Taken from most by", strongest(graph.inEdges(name)).map((edge) => arrow(edge, graph.source(edge)))));
    }

    async function tellPair(edge) {
      const { told: pair, seen, full } = graph.getEdgeAttributes(edge), all = address("links", pair.copier, pair.source);
      const parts = [element("h3", `${pair.copier} from ${pair.source}`),
        element("p", `${counted(seen, "copy", "copies")}, ${count(full)} of whole stories${later(pair.median_lag_hours)}.`)];
      panel.replaceChildren(...parts, element("p", "Reading its links…"));
      const answer = await fetch(`${all}?format=json`);
      if (chosen !== edge) return;
      if (!answer.ok) return panel.replaceChildren(...parts, element("p", "Its links could not be read."));
      const { links, copies } = await answer.json();
      if (chosen !== edge) return;
      const lines = links.slice(0, LISTED).map((one) => element("li", "", [
        link(one.original === null ? address("story", one.story) : address("compare", one.original, one.copy), one.copy_title || one.copy),
        document.createTextNode(` ${one.kind}${one.copy_date ? ", " + one.copy_date.slice(0, 10) : ""}`)]));
      panel.replaceChildren(...parts, element("ul", "", lines), element("p", "", [link(all, copies === 1 ? "This link" : `All ${count(copies)} links`)]));
    }

    function choose(what) {
      chosen = what;
      place.dataset.chosen = what === null ? "" : graph.hasNode(what) ? "outlet" : "pair";
      if (what === null) panel.replaceChildren(element("p", "Choose an outlet or an arrow."));
      else if (graph.hasNode(what)) tellOutlet(what);
      else tellPair(what).catch(() => panel.append(element("p", "Its links could not be read.")));
      drawing.refresh({ skipIndexation: true });
    }

    function hover(name) {
      hovered = name;
      place.style.cursor = name ? "pointer" : "";
      drawing.refresh({ skipIndexation: true });
    }

    drawing.on("enterNode", ({ node }) => hover(node));
    drawing.on("leaveNode", () => hover(null));
    drawing.on("enterEdge", () => { place.style.cursor = "pointer"; });
    drawing.on("leaveEdge", () => { place.style.cursor = ""; });
    drawing.on("clickNode", ({ node }) => choose(node));
    drawing.on("clickEdge", ({ edge }) => choose(edge));
    drawing.on("clickStage", () => choose(null));
    // The wheel belongs to the page, but for Ctrl.
    drawing.getMouseCaptor().on("wheel", (event) => { if (!event.original.ctrlKey) event.preventSigmaDefault(); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { hues = colours(); drawing.refresh(); });

    const camera = drawing.getCamera();
    byId("nearer").addEventListener("click", () => camera.animatedZoom({ duration: 150 }));
    byId("farther").addEventListener("click", () => camera.animatedUnzoom({ duration: 150 }));
    byId("whole").addEventListener("click", () => camera.animatedReset({ duration: 150 }));

    function slider(id, least, highest, value, change) {
      const input = byId(id);
      Object.assign(input, { min: least, max: highest });
      input.value = value;
      input.disabled = least >= highest;
      input.addEventListener("input", () => { change(Number(input.value)); mark(); draw_again(); });
    }

    function mark() {
      const month = (at) => network.months[at] || "any time";
      byId("threshold-told").textContent = asked.least;
      byId("from-told").textContent = month(asked.from);
      byId("to-told").textContent = month(asked.to);
      byId("from").value = asked.from;
      byId("to").value = asked.to;
      byId("from").setAttribute("aria-valuetext", month(asked.from));
      byId("to").setAttribute("aria-valuetext", month(asked.to));
    }

    const last = asked.to, heaviest = network.edges.reduce((high, edge) => Math.max(high, edge.copies), 1);
    slider("threshold", 1, heaviest, 1, (value) => { asked.least = value; });
    slider("from", 0, last, 0, (value) => { asked.from = value; asked.to = Math.max(value, asked.to); });
    slider("to", 0, last, last, (value) => { asked.to = value; asked.from = Math.min(value, asked.from); });
    mark();
    if (!network.query.agency) {
      byId("agency").addEventListener("change", (event) => { asked.agency = event.target.value; draw_again(); });
    }
    byId("outlet-names").append(...graph.nodes().sort().map((name) => Object.assign(element("option"), { value: name })));
    byId("outlet").addEventListener("change", (event) => { if (graph.hasNode(event.target.value)) choose(event.target.value); });

    drawing.once("afterRender", () => { place.dataset.ms = Math.round(performance.now()); });
    // For those who look at it from outside: where an outlet or the middle of an arrow is on the screen.
    section.where = (what) => {
      const at = (name) => drawing.framedGraphToViewport(drawing.getNodeDisplayData(name));
      if (graph.hasNode(what)) return at(what);
      const [one, two] = graph.extremities(what).map(at);
      return { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 };
    };
    section.between = (copier, source) => graph.edge(copier, source);
    draw_again();
  }

  function canDraw() {
    const canvas = document.createElement("canvas");
    return Boolean(window.WebGL2RenderingContext && canvas.getContext("webgl2")) || Boolean(canvas.getContext("webgl"));
  }

  function say(sentence) {
    section.hidden = false;
    section.replaceChildren(element("p", sentence));
  }

  // The libraries fail where there is no WebGL, so they are asked for where there is.
  function loaded(name) {
    return new Promise((done, failed) => {
      const script = element("script");
      Object.assign(script, { src: `/static/vendor/${name}.min.js`, async: false, onload: done, onerror: () => failed(new Error(name)) });
      document.head.append(script);
    });
  }

  if (!canDraw()) return say("This browser cannot draw the network, since it has no WebGL; the tables below tell the same.");
  const read = fetch(section.dataset.twin).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))));
  Promise.all([read, ...section.dataset.libraries.split(" ").map(loaded)])
    .then(([network]) => { if (network.edges.length) show(network); })
    .catch((error) => { console.error(error); say("The network could not be drawn; the tables below tell the same."); });
})();
