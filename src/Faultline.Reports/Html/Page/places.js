function fileName(path) {
  return path.slice(path.lastIndexOf('/') + 1);
}

function place(file, line) {
  return !file ? 'file unknown' : line ? `${file}:${line}` : file;
}

function sourceName(source) {
  return source === '-' ? 'stdin' : source;
}

// Time to the fault, from nanoseconds, in microseconds.
function microseconds(time) {
  const value = time / 1000;
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return `${value > 0 ? '+' : ''}${value.toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: digits })} µs`;
}

// The lines around one, with the line and the expression in it marked; null when the file was not there.
function sourceExcerpt(file, line, expression) {
  const source = facts.sources.find(candidate => candidate.file === file && candidate.line === line);
  if (!source) {
    return null;
  }
  const rows = source.lines.map((text, index) => {
    const number = source.first + index;
    const own = number === line;
    return make('div', { class: own ? 'line own' : 'line' },
      make('span', { class: 'number' }, `${own ? '▸' : ' '} ${number}`), make('code', null, own ? marked(text, expression) : spaced(text)));
  });
  return make('figure', null, make('figcaption', null, 'Source, as the file is now'), make('div', { class: 'listing', tabindex: 0, role: 'group', 'aria-label': `Source of ${place(file, line)}` }, rows));
}

function spaced(text) {
  return text.replaceAll('\t', '    ');
}

function marked(text, expression) {
  const column = expression ? text.indexOf(expression) : -1;
  if (column < 0) {
    return spaced(text);
  }
  const mark = make('mark', { title: `column ${column + 1}` }, expression);
  return [spaced(text.slice(0, column)), mark, spaced(text.slice(column + expression.length))];
}

// A stack, innermost first; runs of the runtime's own frames are folded.
function stack(frames) {
  const items = [];
  for (let at = 0; at < frames.length;) {
    let end = at;
    while (end < frames.length && frames[end].runtime) {
      end++;
    }
    if (end - at > 1) {
      items.push(make('li', { class: 'runtime' }, make('details', null, make('summary', null, `${frames[at].function} and ${plural(end - at - 1, 'more runtime frame', 'more runtime frames')}`),
        make('ol', null, frames.slice(at, end).map(frame)))));
      at = end;
    } else {
      items.push(frame(frames[at]));
      at++;
    }
  }
  return make('ol', { class: 'stack' }, items);
}

function frame(entry) {
  return make('li', { class: entry.runtime ? 'runtime' : null }, make('code', { class: 'function' }, entry.function), entry.inlined && make('span', { class: 'tag' }, 'inlined'),
    make('div', { class: 'where' }, place(entry.file, entry.line), entry.pc && `, pc ${entry.pc}`), lookAt(entry));
}

function creation(created) {
  return created && `${created.function}, ${place(created.file, created.line)}${created.goroutine === null ? '' : `, in goroutine ${created.goroutine}`}`;
}

function badge(confidence) {
  return make('span', { class: `badge ${confidence ?? 'none'}` }, confidence ?? 'no verdict');
}

function evidenceLinks(ids) {
  return ids.map(id => [' ', make('a', { href: `#evidence-${id}`, class: 'reference' }, `[${id}]`)]);
}

function definition(name, ...values) {
  const filled = values.flat(Infinity).filter(value => value !== null && value !== undefined && value !== false && value !== '');
  return filled.length === 0 ? null : [make('dt', null, name), make('dd', null, filled)];
}

// Buttons that ask the server, on a page that has one.
function lookAt(entry) {
  return typeof closer === 'undefined' ? null : closer.of(entry);
}
