const ROW = 30;

// Browsers end a page at some 17 million pixels.
const MOST_ROWS = 500000;

// All goroutines, under the stacks that they share. Only the rows in view are in the document, so a hundred thousand of them scroll and filter at once.
function goroutines(incident, runsOfBuckets) {
  const buckets = incident.buckets;
  const crowd = unpack(buckets, runsOfBuckets);
  const opened = new Set(buckets.length === 1 ? [0] : []);
  let rows = new Int32Array(0);
  let active = 0;

  const input = make('input', { type: 'search', id: 'filter', placeholder: 'function, file, state, or a number', autocomplete: 'off', spellcheck: 'false', input: refresh });
  const states = [...new Set(buckets.map(bucket => bucket.status))].sort();
  const state = make('select', { id: 'state', change: refresh }, make('option', { value: '' }, 'all states'), states.map((name, index) => make('option', { value: String(index) }, name || '(none)')));
  const found = make('p', { role: 'status', 'aria-live': 'polite' });
  const space = make('div', { class: 'space', role: 'none' });
  const list = make('div', { class: 'tree', role: 'tree', tabindex: 0, 'aria-label': 'Goroutines by equal stacks', scroll: show, keydown: press, click: pick }, space);
  const detail = make('div', { class: 'detail', 'aria-live': 'polite' });

  function refresh() {
    rows = filter(crowd, buckets, opened, input.value, state.value === '' ? null : states[Number(state.value)]);
    active = Math.min(active, Math.max(0, rows.length - 1));
    found.textContent = `${count(rows.goroutines)} of ${plural(crowd.ids.length, 'goroutine', 'goroutines')} in ${plural(rows.buckets, 'group', 'groups')} of equal stacks${crowd.unknown > 0 ? `; the numbers of ${count(crowd.unknown)} more are not kept` : ''}${rows.isCut ? `; the first ${count(MOST_ROWS)} rows are listed: filter for the others` : ''}`;
    space.style.height = `${rows.length * ROW}px`;
    list.style.height = `${Math.min(420, Math.max(4, rows.length) * ROW + 2)}px`;
    list.scrollTop = Math.min(list.scrollTop, rows.length * ROW);
    show();
    describe();
  }

  function show() {
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 8);
    const last = Math.min(rows.length, Math.ceil((list.scrollTop + (list.clientHeight || 420)) / ROW) + 8);
    const shown = [];
    for (let row = first; row < last; row++) {
      shown.push(row === active ? make('div', attributesOf(row, true), label(row)) : make('div', attributesOf(row, false), label(row)));
      shown.at(-1).style.transform = `translateY(${row * ROW}px)`;
    }
    space.replaceChildren(...shown);
    list.setAttribute('aria-activedescendant', rows.length > 0 ? `row-${active}` : '');
  }

  function attributesOf(row, selected) {
    const entry = rows[row];
    const isBucket = entry < 0;
    return {
      id: `row-${row}`, class: `row${isBucket ? ' bucket' : ''}${selected ? ' active' : ''}`, role: 'treeitem', 'aria-level': isBucket ? 1 : 2, 'aria-selected': String(selected),
      'aria-expanded': isBucket ? String(opened.has(-entry - 1)) : null, 'data-row': row,
    };
  }

  function label(row) {
    const entry = rows[row];
    if (entry >= 0) {
      return `goroutine ${crowd.ids[entry]}`;
    }
    const bucket = buckets[-entry - 1];
    const own = bucket.frames.find(candidate => !candidate.runtime) ?? bucket.frames[0];
    return [make('span', { class: 'twist', 'aria-hidden': 'true' }, opened.has(-entry - 1) ? '▾' : '▸'), make('b', null, `${count(bucket.count)} ×`), ` ${bucket.status}`,
      bucket.waitMinutes !== null && `, up to ${plural(bucket.waitMinutes, 'minute', 'minutes')}`, roleOf(incident, bucket, crowd, -entry - 1),
      make('span', { class: 'where' }, own ? ` ${own.function} ${own.file ? fileName(own.file) : ''}${own.line ? `:${own.line}` : ''}` : bucket.stackUnavailable ? ' stack unavailable' : '')];
  }

  function describe() {
    const entry = rows[active];
    if (entry === undefined) {
      replace(detail, make('p', null, 'No goroutine fits.'));
      return;
    }
    const bucket = buckets[entry < 0 ? -entry - 1 : crowd.owners[entry]];
    replace(detail, make('h3', null, entry < 0 ? `${plural(bucket.count, 'goroutine', 'goroutines')} [${bucket.status}]` : `goroutine ${crowd.ids[entry]} [${bucket.status}]`),
      bucket.createdBy && make('p', null, `Started by ${creation(bucket.createdBy)}`),
      bucket.frames.length > 0 ? stack(bucket.frames) : make('p', null, bucket.stackUnavailable ? 'Its stack could not be printed: it ran on another thread.' : 'No stack in the log.'));
  }

  function move(row) {
    active = Math.max(0, Math.min(rows.length - 1, row));
    const top = active * ROW;
    if (top < list.scrollTop) {
      list.scrollTop = top;
    } else if (top + ROW > list.scrollTop + list.clientHeight) {
      list.scrollTop = top + ROW - list.clientHeight;
    }
    show();
    describe();
  }

  function toggle(row, wanted) {
    const entry = rows[row];
    if (entry === undefined || entry >= 0) {
      return;
    }
    const bucket = -entry - 1;
    if (wanted ?? !opened.has(bucket)) {
      opened.add(bucket);
    } else {
      opened.delete(bucket);
    }
    refresh();
  }

  function press(event) {
    const page = Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in steps) {
      move(steps[event.key] === Infinity ? rows.length - 1 : steps[event.key] === -Infinity ? 0 : active + steps[event.key]);
    } else if (event.key === 'Enter' || event.key === ' ') {
      toggle(active);
    } else if (event.key === 'ArrowRight') {
      toggle(active, true);
    } else if (event.key === 'ArrowLeft') {
      toggle(active, false);
    } else {
      return;
    }
    event.preventDefault();
  }

  function pick(event) {
    const row = event.target.closest('[data-row]');
    if (row) {
      move(Number(row.dataset.row));
      toggle(active);
    }
  }

  // From elsewhere on the page: shows one goroutine.
  function select(id) {
    input.value = String(id);
    state.value = '';
    refresh();
    const row = rows.findIndex(entry => entry >= 0 && crowd.ids[entry] === id);
    move(row);
    list.scrollIntoView({ block: 'center' });
    list.focus({ preventScroll: true });
  }

  const element = section('goroutines', `Goroutines (${count(incident.goroutineCount)})`,
    make('div', { class: 'filters' }, make('label', { for: 'filter' }, 'Filter'), input, make('label', { for: 'state' }, 'State'), state), found,
    make('div', { class: 'browser' }, list, detail), printed(buckets));
  refresh();
  return { element, select };
}

// Ids and their buckets in flat arrays: 12 bytes a goroutine.
function unpack(buckets, runsOfBuckets) {
  const runs = buckets.map((bucket, index) => runsOfBuckets[index]?.length > 0 ? runsOfBuckets[index] : bucket.goroutines.flatMap((id, at) => [id - (at > 0 ? bucket.goroutines[at - 1] + 1 : 0), 1]));
  const total = runs.reduce((sum, list) => sum + list.reduce((inner, value, at) => inner + (at % 2 === 1 ? value : 0), 0), 0);
  const ids = new Float64Array(total);
  const owners = new Int32Array(total);
  const starts = [];
  let at = 0;
  runs.forEach((list, bucket) => {
    starts.push(at);
    let id = 0;
    for (let pair = 0; pair < list.length; pair += 2) {
      id += list[pair];
      for (let index = 0; index < list[pair + 1]; index++) {
        ids[at] = id++;
        owners[at++] = bucket;
      }
    }
    ids.subarray(starts.at(-1), at).sort();
  });
  starts.push(at);
  const haystacks = buckets.map(bucket => [bucket.status, ...bucket.frames.flatMap(entry => [entry.function, place(entry.file, entry.line)]), creation(bucket.createdBy) ?? ''].join('\n').toLowerCase());
  return { ids, owners, starts, haystacks, unknown: buckets.reduce((sum, bucket) => sum + bucket.count, 0) - total };
}

// The rows to show: a bucket as a negative number, a goroutine by its index.
function filter(crowd, buckets, opened, query, state) {
  const words = query.trim().toLowerCase().split(/\s+/).filter(word => word.length > 0);
  const number = words.length === 1 && /^g?\d+$/.test(words[0]) ? words[0].replace('g', '') : null;
  const rows = new Int32Array(crowd.ids.length + buckets.length);
  let length = 0;
  let found = 0;
  let groups = 0;
  for (let bucket = 0; bucket < buckets.length; bucket++) {
    if (state !== null && buckets[bucket].status !== state) {
      continue;
    }
    const header = length;
    rows[length++] = -bucket - 1;
    const all = number === null && words.every(word => crowd.haystacks[bucket].includes(word));
    if (all) {
      found += crowd.starts[bucket + 1] - crowd.starts[bucket];
    }
    for (let index = crowd.starts[bucket]; index < crowd.starts[bucket + 1]; index++) {
      if (all ? opened.has(bucket) : number !== null && String(crowd.ids[index]).startsWith(number)) {
        rows[length++] = index;
        found += all ? 0 : 1;
      }
    }
    if (!all && length === header + 1) {
      length = header;
    } else {
      groups++;
    }
  }
  const shown = rows.subarray(0, Math.min(length, MOST_ROWS));
  shown.isCut = length > MOST_ROWS;
  shown.goroutines = found;
  shown.buckets = groups;
  return shown;
}

function roleOf(incident, bucket, crowd, index) {
  const holds = access => access && access.goroutine !== null && crowd.ids.subarray(crowd.starts[index], crowd.starts[index + 1]).includes(access.goroutine);
  if (holds(incident.victim)) {
    return make('span', { class: 'tag' }, bucket.count === 1 ? 'victim' : 'with the victim');
  }
  return holds(incident.rivals[0]) && make('span', { class: 'tag' }, bucket.count === 1 ? 'best candidate' : 'with the best candidate');
}

// On paper nothing scrolls.
function printed(buckets) {
  return make('ol', { class: 'printed' }, buckets.slice(0, 60).map(bucket => make('li', null, `${count(bucket.count)} × ${bucket.status}`, bucket.frames.length > 0 && stack(bucket.frames.slice(0, 12)))),
    buckets.length > 60 && make('li', null, `… ${plural(buckets.length - 60, 'more group', 'more groups')}`));
}
