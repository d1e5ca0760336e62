const LANE = 34;
const MARGIN = { left: 118, right: 24, top: 14, bottom: 34 };

// The recorded accesses to the object: a lane a goroutine, time to the fault from left to right.
function timeline(incident) {
  const entries = incident.timeline;
  if (entries.length === 0) {
    return null;
  }
  const lanes = [...new Set(entries.map(laneOf))];
  const first = Math.min(...entries.map(entry => entry.time), -1000);
  const last = Math.max(0, ...entries.map(entry => entry.time));
  const whole = { from: first - (last - first) * 0.04, to: last + (last - first) * 0.04 };
  const sides = [incident.victim, incident.rivals[0]].filter(access => access?.time);
  let range = { ...whole };
  let width = 800;
  const svg = draw('svg', { class: 'timeline', tabindex: 0, role: 'group', 'aria-label': `Time line of ${plural(entries.length, 'access', 'accesses')}. Left and right move it, plus and minus zoom, 0 shows all of it; the table below holds the same.` });
  const said = make('p', { role: 'status', 'aria-live': 'polite' });

  function x(time) {
    return MARGIN.left + ((time - range.from) / (range.to - range.from)) * (width - MARGIN.left - MARGIN.right);
  }

  function paint() {
    const bottom = MARGIN.top + lanes.length * LANE;
    svg.setAttribute('viewBox', `0 0 ${width} ${bottom + MARGIN.bottom}`);
    svg.style.height = `${bottom + MARGIN.bottom}px`;
    const parts = lanes.map((lane, at) => draw('g', null, draw('line', { class: 'lane', x1: MARGIN.left, x2: width - MARGIN.right, y1: MARGIN.top + (at + 0.5) * LANE, y2: MARGIN.top + (at + 0.5) * LANE }), draw('text', { x: 4, y: MARGIN.top + (at + 0.5) * LANE + 4 }, short(lane))));
    for (const tick of ticks(range, Math.max(2, Math.floor((width - MARGIN.left) / 130)))) {
      parts.push(draw('line', { class: 'tick', x1: x(tick), x2: x(tick), y1: MARGIN.top, y2: bottom + 5 }), draw('text', { class: 'tick', x: x(tick), y: bottom + 20 }, microseconds(tick)));
    }
    if (range.from <= 0 && range.to >= 0) {
      parts.push(draw('line', { class: 'fault', x1: x(0), x2: x(0), y1: 2, y2: bottom + 5 }));
    }
    for (const entry of entries) {
      if (entry.time >= range.from && entry.time <= range.to) {
        parts.push(dot(entry));
      }
    }
    svg.replaceChildren(...parts);
  }

  function dot(entry) {
    const isSide = sides.some(access => access.time === entry.time && access.goroutine === entry.goroutine);
    const reads = ['map-read', 'map-iterate', 'map-clone'].includes(entry.operation);
    const mark = draw('g', { class: `access ${reads ? 'read' : 'write'}${isSide ? ' side' : ''}`, transform: `translate(${x(entry.time)} ${MARGIN.top + (lanes.indexOf(laneOf(entry)) + 0.5) * LANE})`, click: () => { said.textContent = visible(entryWords(entry)); } },
      reads ? draw('circle', { r: isSide ? 8 : 5 }) : draw('rect', { x: isSide ? -8 : -5, y: isSide ? -8 : -5, width: isSide ? 16 : 10, height: isSide ? 16 : 10 }), draw('title', null, entryWords(entry)));
    return mark;
  }

  function zoom(factor, centre = (range.from + range.to) / 2) {
    const span = Math.min(whole.to - whole.from, Math.max(20, (range.to - range.from) * factor));
    const share = (centre - range.from) / (range.to - range.from);
    range = { from: centre - share * span, to: centre + (1 - share) * span };
    paint();
  }

  function shift(part) {
    const by = (range.to - range.from) * part;
    range = { from: range.from + by, to: range.to + by };
    paint();
  }

  function all() {
    range = { ...whole };
    paint();
  }

  function close() {
    const start = Math.min(-1000, ...sides.map(access => access.time));
    range = { from: start * 1.4, to: Math.min(whole.to, -start * 0.2) };
    paint();
  }

  svg.addEventListener('wheel', event => {
    if (event.ctrlKey || document.activeElement === svg) {
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, range.from + ((event.clientX - box.left - MARGIN.left) / (width - MARGIN.left - MARGIN.right)) * (range.to - range.from));
    }
  }, { passive: false });
  let drag = null;
  svg.addEventListener('pointerdown', event => { drag = event.clientX; });
  svg.addEventListener('pointermove', event => {
    if (drag !== null && event.buttons > 0) {
      shift((drag - event.clientX) / (width - MARGIN.left - MARGIN.right));
      drag = event.clientX;
    }
  });
  svg.addEventListener('pointerup', () => { drag = null; });
  svg.addEventListener('keydown', event => {
    const keys = { ArrowLeft: () => shift(-0.2), ArrowRight: () => shift(0.2), '+': () => zoom(1 / 1.5), '=': () => zoom(1 / 1.5), '-': () => zoom(1.5), 0: all };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  const frame = make('div', { class: 'frame' }, zoomTools('the time line', () => zoom(1 / 1.5), () => zoom(1.5), all), svg);
  frame.firstChild.append(make('button', { type: 'button', click: close }, 'Near the fault'));
  new ResizeObserver(() => {
    if (frame.clientWidth > 0) {
      width = frame.clientWidth;
      paint();
    }
  }).observe(frame);
  paint();
  const rows = entries.map(entry => make('tr', null, [microseconds(entry.time), laneOf(entry), facts.words.operations[entry.operation], entry.function ?? '', place(entry.file, entry.line), entry.pc ?? ''].map(cell => make('td', null, cell))));
  return section('timeline', 'Recorded accesses to the object', frame, said,
    make('p', { class: 'legend' }, 'Squares write, circles read; the large ones are the two sides. The red line is the fault.'),
    incident.recordings.map(recording => make('p', { class: 'where' }, `From ${recording.source}: ${count(recording.events)} events over ${microseconds(recording.spanNs).replace('+', '')}${recording.lost > 0 ? `, ${plural(recording.lost, 'record', 'records')} lost` : ''}${recording.faultTime ? `; the fault was at ${recording.faultTime}` : ''}`)),
    make('details', { class: 'folded' }, make('summary', null, `As a table (${entries.length})`), make('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Accesses' }, make('table', null, make('thead', null, make('tr', null, ['To the fault', 'Who', 'What', 'Function', 'Place', 'PC'].map(name => make('th', { scope: 'col' }, name)))), make('tbody', null, rows)))));
}

function laneOf(entry) {
  return entry.goroutine === null ? `thread ${entry.thread}` : `goroutine ${entry.goroutine}`;
}

function entryWords(entry) {
  return `${microseconds(entry.time)}: ${laneOf(entry)}, ${facts.words.operations[entry.operation]}${entry.function ? `, ${entry.function}, ${place(entry.file, entry.line)}` : ''}, thread ${entry.thread}`;
}

// Round numbers within a range.
function ticks(range, most) {
  const raw = (range.to - range.from) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= raw);
  const list = [];
  for (let tick = Math.ceil(range.from / step) * step; tick <= range.to; tick += step) {
    list.push(Math.abs(tick) < step / 1e6 ? 0 : tick);
  }
  return list;
}
