const SLOT_SIGNS = { empty: '·', deleted: '✕', moved: '→' };

// The map or the channels that an incident is about, as they lay in memory.
function objects(pictures, graph, select) {
  if (pictures.length === 0) {
    return null;
  }
  const drawn = new Set(pictures.map(picture => picture.address));
  const left = pictures[0].kind === 'channel' ? graph.nodes.filter(node => node.kind === 'channel' && !drawn.has(node.address)).length : 0;
  const title = pictures[0].kind === 'map' ? 'The map in memory' : pictures.length > 1 ? 'The channels in memory' : 'The channel in memory';
  return section('objects', title, pictures.map(picture => make('article', { class: `object ${picture.kind}`, 'data-address': picture.address },
    picture.kind === 'map' ? mapPicture(picture) : channelPicture(picture, select))),
    left > 0 && make('p', { class: 'more' }, `${plural(left, 'more channel', 'more channels')} of the graph ${left === 1 ? 'is' : 'are'} not drawn.`));
}

function objectTitle(picture, type) {
  return [make('h3', null, make('code', null, type), ' at ', make('code', null, picture.address)), make('p', { class: 'where' }, `in ${sourceName(picture.source)}`)];
}

function mapPicture(map) {
  const full = map.units.reduce((sum, unit) => sum + unit.slots.filter(slot => slot[0] === 'full').length, 0);
  const name = map.classic ? ['bucket', 'buckets'] : ['group', 'groups'];
  const current = map.units.filter(unit => !unit.old);
  const old = map.units.filter(unit => unit.old);
  return [
    objectTitle(map, map.type ?? 'map'),
    make('dl', null,
      definition('Entries', `${count(map.count)}${map.units.length > 0 && full !== map.count ? ` by its header, ${count(full)} in the slots below` : ''}`),
      definition('Write mark', map.writing ? make('b', null, 'set: a write is in progress') : 'not set'),
      map.classic ? classicFacts(map) : swissFacts(map)),
    map.units.length === 0 && make('p', null, !map.type ? `Its type is not known, so its ${name[1]} are not drawn.` : map.unitCount === 0 ? 'It has no memory for entries yet.' : `Its ${name[1]} are not in the memory that was kept.`),
    map.marks.length > 0 && make('ul', { class: 'sought' }, map.marks.map(mark => make('li', null, markWords(map, mark)))),
    map.classic ? [
      slotGrid('Buckets', current, unit => `bucket ${unit.chain}`, map.marks),
      more(map, current, map.unitCount, map.firstUnit, name, false),
      old.length > 0 && [make('h4', null, 'Old buckets, which it grows out of'), slotGrid('Old buckets', old, unit => `old bucket ${unit.chain}`, map.marks), more(map, old, map.oldUnitCount, map.firstOldUnit, ['old bucket', 'old buckets'], true)],
      map.hiddenOverflow > 0 && make('p', null, `… ${plural(map.hiddenOverflow, 'more overflow bucket', 'more overflow buckets')} of these chains`),
    ] : [swissTables(map, current), more(map, current, map.unitCount, map.firstUnit, name, false)],
    map.units.length > 0 && make('p', { class: 'legend' }, `Eight slots a ${name[0]}: a key if it is full, · empty${map.classic ? ', → moved to a new bucket' : ', ✕ deleted'}. Arrow keys move in it. Memory was kept after the fault: goroutines may have written in between.`),
  ];
}

function classicFacts(map) {
  const { flags, shift, overflow, evacuated, sameSize } = map.classic;
  const names = ['an iterator uses the buckets', 'an iterator uses the old buckets', 'writing', 'growing to the same size'].filter((_, bit) => flags & (1 << bit));
  const ofOld = map.oldUnitCount;
  return [
    definition('Buckets', `${count(map.unitCount)} (B = ${shift}), ${plural(overflow, 'overflow bucket', 'overflow buckets')}`),
    definition('Flags', `${flags}${names.length > 0 ? `: ${names.join(', ')}` : ''}`),
    ofOld > 0 && definition('Growing', `${sameSize ? 'to the same size' : `from ${count(ofOld)} buckets`}; ${count(evacuated)} of ${count(ofOld)} evacuated `, make('progress', { max: ofOld, value: evacuated, 'aria-label': 'Evacuated old buckets' })),
  ];
}

function swissFacts(map) {
  const { small, directory, depth, cleared, tableCount } = map.swiss;
  return [
    definition('Layout', small ? 'small: one group, no table' : `directory of ${count(directory)} (global depth ${depth}), ${plural(tableCount, 'table', 'tables')}, ${plural(map.unitCount, 'group', 'groups')}`),
    cleared > 0 && definition('Cleared', `${count(cleared)} times`),
  ];
}

// Directory, its tables, their groups.
function swissTables(map, units) {
  if (map.swiss.small) {
    return slotGrid('Group', units, () => 'group', map.marks);
  }
  const { tables, tableCount, firstTable, depth } = map.swiss;
  const parts = tables.map((table, nth) => {
    const at = firstTable + nth;
    const own = units.filter(unit => unit.chain === at);
    const last = table.index + 2 ** Math.max(0, depth - table.depth) - 1;
    const places = table.index < 0 ? 'not in the directory any more' : `directory ${table.index}${last > table.index ? `–${last}` : ''}`;
    return make('div', { class: 'table' }, make('h4', null, `Table ${at}: ${places}, ${count(table.used)} used of ${count(table.capacity)}, growth left ${count(table.growthLeft)}, depth ${table.depth}`),
      own.length > 0 && slotGrid(`Groups of table ${at}`, own, unit => `group ${unit.depth}`, map.marks), own.length > 0 && own.length < table.groups && make('p', null, `… ${plural(table.groups - own.length, 'more group', 'more groups')}`));
  });
  return [parts, tableCount > tables.length && make('p', null, `… ${plural(tableCount - tables.length, 'more table', 'more tables')}`)];
}

// What a mark rests on, and no more.
function markWords(map, mark) {
  const call = [`Goroutine ${mark.goroutine}: the key `, mark.key !== null && [make('code', null, mark.key), ' '], 'of its call of ', make('code', null, mark.function)];
  const overflow = map.classic && mark.depth > 0 ? `, overflow ${mark.depth}` : '';
  const place = map.classic ? `${mark.old ? 'old ' : ''}bucket ${mark.chain}${overflow}` : map.swiss.small ? 'the group' : `group ${mark.depth} of table ${mark.chain}`;
  const isDrawn = map.units.some(unit => isAt(mark, unit));
  return [call, ' is in ', make('b', null, `${place}, slot ${mark.slot}`), isDrawn ? '.' : ', which is not drawn.'];
}

function isAt(mark, unit) {
  return mark.chain === unit.chain && mark.old === unit.old && mark.depth === unit.depth;
}

function more(map, units, all, first, name, isOld) {
  const shown = new Set(units.map(unit => `${unit.chain} ${unit.depth}`));
  const drawn = name[0] === 'group' ? shown.size : units.filter(unit => unit.depth === 0).length;
  if (drawn === 0 || drawn >= all) {
    return null;
  }
  const [mark] = map.marks;
  if (!mark) {
    return make('p', { class: 'more' }, `The first ${plural(drawn, name[0], name[1])} of ${count(all)}; ${count(all - drawn)} more are not drawn. Which of them the goroutines were at is not known.`);
  }
  const around = mark.old === isOld ? `, around the one with the key of goroutine ${mark.goroutine}` : '';
  const numbers = name[0] === 'group' ? ' (counted through all tables)' : '';
  return make('p', { class: 'more' }, `${name[1][0].toUpperCase()}${name[1].slice(1)} ${count(first)} to ${count(first + drawn - 1)} of ${count(all)}${numbers}${around}; ${count(all - drawn)} more are not drawn.`);
}

// A row for every bucket with its overflow chain, or for every group.
function slotGrid(label, units, nameOf, marks) {
  if (units.length === 0) {
    return null;
  }
  const rows = [];
  for (const unit of units) {
    const isNext = !/group/i.test(label) && unit.depth > 0 && rows.length > 0;
    const name = isNext ? `${nameOf(unit)}, overflow ${unit.depth}` : nameOf(unit);
    const own = marks.filter(mark => isAt(mark, unit));
    const cells = unit.slots.map((slot, at) => slotCell(slot, `${name}, slot ${at}`, own.filter(mark => mark.slot === at)));
    const tags = own.map(mark => make('span', { class: 'tag' }, `goroutine ${mark.goroutine}`));
    if (isNext) {
      rows.at(-1).push(make('td', { class: 'chain', 'aria-hidden': 'true' }, '⟶', tags), ...cells);
    } else {
      rows.push([make('th', { scope: 'row' }, name, unit.evacuated && make('span', { class: 'tag' }, 'evacuated'), tags), ...cells]);
    }
  }
  return grid(label, make('tr', null, make('th', { scope: 'col' }, 'slot'), Array.from({ length: 8 }, (_, at) => make('th', { scope: 'col' }, String(at)))), rows);
}

function slotCell([state, key, element], name, marks) {
  const words = { empty: 'empty', deleted: 'deleted', moved: 'moved', full: 'full' }[state];
  const text = state !== 'full' ? words : key === null || key === undefined ? 'full' : `${key}: ${element ?? '?'}`;
  const whose = marks.length > 0 ? `, the key of ${marks.map(mark => `goroutine ${mark.goroutine}`).join(' and ')}` : '';
  return make('td', { class: `slot ${state}${whose && ' sought'}`, tabindex: -1, title: text, 'aria-label': `${name}: ${state === 'full' ? `full, ${text}` : text}${whose}` }, state === 'full' ? shortened(key ?? '#') : SLOT_SIGNS[state]);
}

// Cut by the style sheet, so that readers of the document have all of it.
function shortened(text) {
  return make('span', { class: 'short' }, text);
}

// A table with one stop for the Tab key, in which arrow keys move; what is under the focus is spelled out below.
function grid(label, head, rows) {
  const said = make('p', { class: 'said', role: 'status', 'aria-live': 'polite' });
  const table = make('table', { class: 'array slots', role: 'grid', 'aria-label': label, keydown: press, focusin: tell, click: event => event.target.closest('td.slot')?.focus() },
    head && make('thead', null, head), make('tbody', null, rows.map(cells => make('tr', null, cells))));
  const lines = [...table.tBodies[0].rows].map(row => [...row.querySelectorAll('td.slot')]).filter(line => line.length > 0);
  lines[0]?.[0].setAttribute('tabindex', '0');

  function tell(event) {
    const cell = event.target.closest('td.slot');
    if (cell) {
      table.querySelector('td[tabindex="0"]')?.setAttribute('tabindex', '-1');
      cell.setAttribute('tabindex', '0');
      said.textContent = cell.getAttribute('aria-label');
    }
  }

  function press(event) {
    const row = lines.findIndex(line => line.includes(event.target));
    if (row < 0) {
      return;
    }
    const column = lines[row].indexOf(event.target);
    const near = { ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], Home: [row, 0], End: [row, lines[row].length - 1] }[event.key];
    if (near) {
      event.preventDefault();
      const line = lines[near[0]];
      line?.[Math.min(near[1], near[0] === row ? near[1] : line.length - 1)]?.focus();
    }
  }

  return [make('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': label }, table), said];
}

function channelPicture(channel, select) {
  return [
    objectTitle(channel, channel.type ? `chan ${channel.type}` : 'chan'),
    make('dl', null,
      definition('Buffered', channel.capacity === 0 ? 'no buffer (dataqsiz 0)' : `${count(channel.count)} of ${count(channel.capacity)} (qcount of dataqsiz)`),
      definition('Closed', channel.closed ? make('b', null, 'yes') : 'no'),
      channel.timer && definition('Sender', 'a timer'),
      channel.capacity > 0 && definition('Indexes', `sendx ${channel.sendx}, recvx ${channel.recvx}`)),
    channel.slots.length > 0 && ring(channel),
    queue('Sending (sendq)', channel.sendq, select),
    queue('Receiving (recvq)', channel.recvq, select),
  ];
}

// The ring, cut open between its last and its first place.
function ring(channel) {
  const marks = slot => [slot.index === channel.recvx && 'recvx', slot.index === channel.sendx && 'sendx'].filter(mark => mark);
  const cells = channel.slots.map(slot => {
    const at = marks(slot);
    const text = slot.full ? slot.element ?? 'full' : 'free';
    return make('td', { class: `slot ${slot.full ? 'full' : 'empty'}`, tabindex: -1, title: text, 'aria-label': `place ${slot.index}: ${slot.full ? `full, ${text}` : text}${at.length > 0 ? `, ${at.join(' and ')}` : ''}` },
      slot.full ? shortened(slot.element ?? '#') : SLOT_SIGNS.empty);
  });
  const left = channel.capacity - channel.slots.length;
  return [
    grid('Buffer', make('tr', null, make('th', { scope: 'col' }, 'place'), channel.slots.map(slot => make('th', { scope: 'col' }, String(slot.index)))), [
      [make('th', { scope: 'row' }, 'element'), ...cells],
      [make('th', { scope: 'row' }, 'index'), ...channel.slots.map(slot => make('td', { class: 'mark' }, marks(slot).map((mark, at) => [at > 0 && ' ', `↑${mark}`])))],
    ]),
    left > 0 && make('p', { class: 'more' }, `The next ${count(channel.slots.length)} places from recvx on; ${count(left)} more are not drawn.`),
    make('p', { class: 'legend' }, 'recvx is the next to be received, sendx where the next one is put; · free.'),
  ];
}

function queue(name, waiting, select) {
  if (waiting.count === 0) {
    return make('p', null, `${name}: nobody`);
  }
  return [make('h4', null, `${name}: ${plural(waiting.count, 'goroutine', 'goroutines')}, longest waiting first`),
    make('ol', { class: 'queue' }, waiting.first.map(waiter => make('li', null,
      waiter.goroutine === 0 ? 'a goroutine that cannot be read' : make('button', { type: 'button', class: 'link', click: () => select(waiter.goroutine) }, `goroutine ${waiter.goroutine}`),
      waiter.select && ', in a select', waiter.element !== null && [' with ', make('code', null, waiter.element)]))),
    waiting.count > waiting.first.length && make('p', null, `… ${count(waiting.count - waiting.first.length)} more`)];
}
