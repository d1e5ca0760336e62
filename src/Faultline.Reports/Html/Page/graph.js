const MOST_NODES = 400;

// The words go before the name of a goroutine; on an arrow there is none.
function edgeWords(kind) {
  return facts.words.edges[kind].replace(/,$/, '');
}

// Who waits for whom. An arrow goes from who waits to what is waited for and from there, dashed because it is inferred, to who has it.
function waitGraph(incident, steps, select) {
  const graph = incident.waitGraph;
  if (graph.nodes.length === 0) {
    return null;
  }
  const parts = graphParts(graph);
  const places = layout(parts.nodes, parts.arrows, parts.circles);
  const points = [...places.values()];
  const left = Math.min(...points.map(point => point.x)) - BOX.width / 2 - 40;
  const top = Math.min(...points.map(point => point.y)) - BOX.height / 2 - 40;
  const picture = canvas('Wait-for graph', {
    x: left, y: top, width: Math.max(...points.map(point => point.x)) + BOX.width / 2 + 40 - left, height: Math.max(...points.map(point => point.y)) + BOX.height / 2 + 40 - top,
  });
  const said = make('p', { role: 'status', 'aria-live': 'polite' });
  const head = (id, kind) => draw('marker', { id, viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 8, markerHeight: 8, orient: 'auto-start-reverse' }, draw('path', { d: 'M0 0L10 5L0 10z', class: kind }));
  picture.svg.append(draw('defs', null, head('head', 'head'), head('head-circle', 'head circle')));
  parts.arrows.forEach(arrow => picture.svg.append(arrowOf(arrow, places, parts.arrows)));
  parts.nodes.forEach(node => picture.svg.append(nodeOf(node, places.get(node.id), parts, event => {
    said.textContent = visible(`${nodeName(node)}: ${parts.arrows.filter(arrow => arrow.from === node.id || arrow.to === node.id).map(arrow => `${arrow.from} ${arrow.label} ${arrow.to}`).join('; ') || 'no edge'}.`);
    if (event.detail !== 0 && node.goroutine !== null) {
      select(node.goroutine);
    }
  })));
  return section('waits', 'Who waits for whom',
    graph.cycles.map((cycle, index) => [make('h3', null, `Circle of ${cycle.goroutines.length}: ${cycle.pattern} `, badge(cycle.confidence)), make('ul', null, (steps[index] ?? []).map(step => make('li', null, step)))]),
    make('div', { class: 'frame' }, picture.tools, picture.svg), said,
    parts.leftOut > 0 && make('p', null, `${plural(parts.leftOut, 'more node is', 'more nodes are')} not drawn.`),
    make('p', { class: 'legend' }, 'Full lines were read from the records, dashed ones are inferred. Choose a goroutine to see its stack below.'),
    stuck(graph, select), queues(graph));
}

function graphParts(graph) {
  const idsOf = new Map(graph.nodes.filter(node => node.goroutine !== null).map(node => [node.goroutine, node.id]));
  const circles = graph.cycles.map(cycle => cycle.goroutines.flatMap((id, at) => [idsOf.get(id), cycle.objects[at]]).filter(id => id !== undefined));
  const onCircle = new Set(circles.flat());
  const isStuck = new Set(graph.stuck.map(item => item.node));
  const weight = node => (onCircle.has(node.id) ? 2 : 0) + (isStuck.has(node.id) ? 1 : 0);
  const nodes = [...graph.nodes].sort((one, other) => weight(other) - weight(one)).slice(0, MOST_NODES);
  const shown = new Set(nodes.map(node => node.id));
  const arrows = graph.edges.filter(edge => shown.has(edge.from) && shown.has(edge.to)).map(edge => {
    const isTurned = edge.inferred && edge.kind !== 'code-could-wake';
    const label = isTurned ? (edge.kind === 'holds' ? 'held by' : 'within reach of') : edgeWords(edge.kind);
    return { from: isTurned ? edge.to : edge.from, to: isTurned ? edge.from : edge.to, label, inferred: edge.inferred, circle: onCircle.has(edge.from) && onCircle.has(edge.to) };
  });
  return { nodes, arrows, circles, onCircle, isStuck, leftOut: graph.nodes.length - nodes.length };
}

function nodeName(node) {
  const kinds = { channel: 'chan', mutex: 'mutex', 'rw-mutex': 'RWMutex', 'wait-group': 'WaitGroup', cond: 'Cond', once: 'Once' };
  return node.goroutine === null ? `${kinds[node.kind] ?? node.kind} ${node.address ?? ''}` : `goroutine ${node.goroutine}${node.count > 1 ? ` and ${node.count - 1} more` : ''}`;
}

function nodeOf(node, middle, parts, choose) {
  const kind = node.goroutine === null ? 'object' : 'goroutine';
  const mark = parts.onCircle.has(node.id) ? ' circle' : parts.isStuck.has(node.id) ? ' stuck' : '';
  const lines = [nodeName(node), node.state, node.function && `${lastPart(node.function)} ${node.file ? fileName(node.file) : ''}:${node.line ?? '?'}`].filter(line => line).map(short);
  const group = draw('g', { class: `node ${kind}${mark}`, tabindex: 0, role: 'button', 'aria-label': lines.join(' '), transform: `translate(${middle.x} ${middle.y})`, click: choose },
    draw('rect', { x: -BOX.width / 2, y: -BOX.height / 2, width: BOX.width, height: BOX.height, rx: kind === 'object' ? BOX.height / 2 : 6 }),
    lines.map((line, at) => [draw('text', { y: (at - (lines.length - 1) / 2) * 16 + 4, class: at === 0 ? 'name' : null }, line), ' ']));
  group.addEventListener('keydown', event => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      event.stopPropagation();
      choose({ detail: 1 });
    }
  });
  return group;
}

function lastPart(name) {
  return name.slice(name.lastIndexOf('/') + 1);
}

function short(text) {
  return text.length > 34 ? `${text.slice(0, 33)}…` : text;
}

function arrowOf(arrow, places, all) {
  const from = places.get(arrow.from);
  const to = places.get(arrow.to);
  const isDouble = all.some(other => other !== arrow && ((other.from === arrow.to && other.to === arrow.from) || (other.from === arrow.from && other.to === arrow.to && all.indexOf(other) < all.indexOf(arrow))));
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const bend = isDouble ? 44 : 0;
  const middle = { x: (from.x + to.x) / 2 - ((to.y - from.y) / length) * bend, y: (from.y + to.y) / 2 + ((to.x - from.x) / length) * bend };
  const start = border(from, middle);
  const end = border(to, middle);
  return draw('g', { class: `arrow${arrow.inferred ? ' inferred' : ''}${arrow.circle ? ' circle' : ''}` },
    draw('path', { d: `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`, 'marker-end': `url(#head${arrow.circle ? '-circle' : ''})` }),
    draw('text', { x: (start.x + 2 * middle.x + end.x) / 4, y: (start.y + 2 * middle.y + end.y) / 4 - 5 }, arrow.label));
}

function stuck(graph, select) {
  if (graph.stuck.length === 0) {
    return null;
  }
  const groups = new Map();
  for (const item of graph.stuck) {
    const key = `${item.node}\n${item.reason}\n${item.confidence}`;
    groups.set(key, [...(groups.size < 200 || groups.has(key) ? groups.get(key) ?? [] : []), item].slice(0, 1000));
  }
  const rows = [...groups.values()].slice(0, 200).map(items => make('li', null, badge(items[0].confidence), ' ', items.length > 1 && `${count(items.length)} goroutines: `,
    items.slice(0, 3).map((item, at) => [at > 0 && ', ', make('button', { type: 'button', class: 'link', click: () => select(item.goroutine) }, `goroutine ${item.goroutine}`)]), items.length > 3 && ', …', `: ${items[0].reason}`));
  return [make('h3', null, `Stuck (${count(graph.stuck.length)})`), make('ul', { class: 'plain' }, rows), groups.size > 200 && make('p', null, `… ${count(groups.size - 200)} more`), graph.note && make('p', null, graph.note)];
}

// Every object with its queue, and who could end the wait.
function queues(graph) {
  const nodes = new Map(graph.nodes.map(node => [node.id, node]));
  const objects = graph.nodes.filter(node => node.goroutine === null);
  if (objects.length === 0) {
    return null;
  }
  const names = edges => edges.slice(0, 6).map(edge => `${nodeName(nodes.get(edge.from))} (${edgeWords(edge.kind)})`).join(', ') + (edges.length > 6 ? `, … ${edges.length - 6} more` : '');
  const rows = objects.slice(0, 100).map(node => {
    const edges = graph.edges.filter(edge => edge.to === node.id && nodes.has(edge.from));
    return make('tr', null, make('th', { scope: 'row' }, make('code', null, nodeName(node))), make('td', null, names(edges.filter(edge => !edge.inferred))), make('td', null, names(edges.filter(edge => edge.inferred))));
  });
  return make('details', { class: 'folded' }, make('summary', null, `Queues of ${plural(objects.length, 'object', 'objects')}`),
    make('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Queues' }, make('table', null, make('thead', null, make('tr', null, ['Object', 'Waiting', 'Has it or could end the wait (inferred)'].map(name => make('th', { scope: 'col' }, name)))), make('tbody', null, rows))));
}
