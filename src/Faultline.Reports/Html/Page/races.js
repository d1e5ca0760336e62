const MOST_CELLS = 48;

// Data races: the detector saw both sides of each.
function racesPage(report) {
  const order = report.races.map((race, index) => index).sort((one, other) => report.races[other].count - report.races[one].count);
  const body = make('div');
  const title = index => `${facts.races[index].title}, reported ${report.races[index].count === 1 ? 'once' : `${report.races[index].count} times`}`;
  const show = index => replace(body, race(report.races[index], facts.races[index], title(index)));
  if (order.length > 0) {
    show(order[0]);
  }
  return [
    order.length > 1 && picker('Race', order.map(index => ({ value: index, name: title(index) })), show, `${plural(report.reportCount, 'report', 'reports')}: ${plural(report.groupCount, 'race', 'races')} by function, ${plural(order.length, 'pair of lines', 'pairs of lines')}`),
    body,
    report.refusedSlices.length > 0 && section('refused', 'Slices left out', make('ul', null, report.refusedSlices.map(slice => make('li', null, `${slice.name}: ${slice.reason}`)))),
    remarks(report.diagnostics, 'Remarks on the inputs'),
  ];
}

function race(finding, words, title) {
  const kinds = finding.accesses.map((access, at) => `${words.sides[at].what}${access.expression && access.expressionBasis !== 'operation' ? ` ${access.expression}` : ''}`);
  const summary = kinds.length === 2 ? `The race detector reported this ${kinds[0]}, and before it this ${kinds[1]}, of the same memory, with nothing that orders the two.`
    : kinds.length === 1 ? `The race detector reported this ${kinds[0]}; the report is cut off before the other side.` : 'The report is cut off before both sides.';
  const sides = finding.accesses.map((access, at) => raceSide(access, words.sides[at]));
  return make('div', null,
    make('section', { class: 'verdict', 'aria-label': 'Verdict' }, make('p', { class: 'sure' }, make('span', { class: 'badge confirmed' }, 'reported'), ' by the race detector'), make('h1', null, `data race: ${title}`), make('p', { class: 'summary' }, summary),
      make('p', { class: 'where' }, `${sourceName(finding.source)}:${finding.line}`, finding.stream && `, from ${finding.stream}`, finding.carrier && `, log unwrapped (${finding.carrier})`)),
    section('sides', 'Both sides', make('div', { class: 'sides' }, sides, finding.accesses.length < 2 && make('article', { class: 'side absent' }, make('h3', null, finding.accesses.length === 0 ? 'Now' : 'Before'), make('p', null, 'Not in the log: the report is cut off.')))),
    finding.array && arrayPicture(finding),
    escapes(finding.escapes ?? [], at => finding.accesses[at]?.previous ? 'before' : 'now'),
    finding.memory && section('memory', 'Memory', make('p', null, finding.memory.because)),
    missing(finding.missing));
}

function raceSide(access, words) {
  const basis = { source: 'from the source line', binary: 'from the binary', operation: 'operands not known' };
  return make('article', { class: 'side' }, make('h3', null, access.previous ? 'Before' : 'Now'),
    make('p', { class: 'who' }, words.what),
    access.expression && make('p', { class: 'expression' }, make('code', null, longText(access.expression)), make('span', { class: 'note' }, ` ${basis[access.expressionBasis]}`)),
    make('dl', null, definition('At', words.where), definition('Who', words.who), definition('Address', access.address && make('code', null, access.address)),
      access.candidates.length > 0 && definition('Perhaps', make('ul', null, access.candidates.slice(0, 50).map(line => make('li', null, `${line.function}, ${place(line.file, line.line)}`))))),
    sourceExcerpt(access.file, access.line, access.expressionBasis === 'operation' ? '' : access.expression),
    access.frames.length > 0 && make('details', { class: 'folded', open: true }, make('summary', null, `Stack (${plural(access.frames.length, 'frame', 'frames')})`), stack(access.frames)),
    access.created.length > 0 && make('details', { class: 'folded' }, make('summary', null, 'Where it was started'), stack(access.created)));
}

// The array with the slices that see it under one another; of a large array the part around the element that was raced for.
function arrayPicture(finding) {
  const array = finding.array;
  const first = array.count <= MOST_CELLS ? 0 : Math.max(0, Math.min(array.index - MOST_CELLS / 2, array.count - MOST_CELLS));
  const last = Math.min(array.count, first + MOST_CELLS);
  const numbers = Array.from({ length: last - first }, (_, at) => first + at);
  const start = BigInt(array.start);
  const rows = array.slices.slice(0, 40).map(slice => {
    const pointer = BigInt(slice.pointer);
    const size = BigInt(slice.elementSize);
    const cells = numbers.map(number => {
      const from = start + BigInt(number) * BigInt(array.elementSize);
      const to = from + BigInt(array.elementSize);
      const outside = to <= pointer || from >= pointer + BigInt(slice.capacity) * size;
      const kind = outside ? 'outside' : number === array.index && slice.reach !== 'none' ? 'raced' : from < pointer + BigInt(slice.length) * size ? 'length' : 'capacity';
      return make('td', { class: kind, title: { outside: 'not reached', raced: 'the raced element', length: 'within its length', capacity: 'within its capacity' }[kind] }, { outside: '', raced: '#', length: '=', capacity: '-' }[kind]);
    });
    const use = slice.usedBy.map(at => finding.accesses[at].previous ? 'before' : 'now').join(', ');
    const index = slice.reach === 'none' ? 'not reached' : `${slice.name}[${slice.index}]${slice.reach === 'capacity' ? ', in its capacity' : ''}`;
    return make('tr', null, make('th', { scope: 'row' }, slice.name, slice.origin && make('span', { class: 'where' }, ` in ${slice.origin}`)), cells, make('td', { class: 'words' }, `${index}${use ? ` (${use})` : ''}; ${extent(slice)}`));
  });
  const basis = array.basis === 'allocation' ? 'the whole allocation' : 'the lowest slice that is known; the array may begin before';
  return section('array', 'The array and the slices over it', make('p', null, `Element ${array.index} of ${array.count}, ${plural(array.elementSize, 'byte', 'bytes')} each, from ${array.start} (${basis}).`),
    make('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Array' }, make('table', { class: 'array' }, make('thead', null, make('tr', null, make('th', { scope: 'col' }, 'slice'), numbers.map(number => make('th', { scope: 'col', class: number === array.index ? 'raced' : null }, String(number))), make('th', { scope: 'col' }, 'raced element'))), make('tbody', null, rows))),
    make('p', { class: 'legend' }, '= within the length, - within the capacity, # the element that both touched.'), array.slices.length > 40 && make('p', null, `… ${array.slices.length - 40} more slices`));
}

function extent(slice) {
  return slice.capacityKnown ? `len ${slice.length}, cap ${slice.capacity}` : slice.lengthKnown ? `len or cap ${slice.length}` : `${slice.length} or more elements`;
}
