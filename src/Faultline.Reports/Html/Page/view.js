// Only on a page that is served: what the server can tell beside what the page has.
const served = island('served');
const closer = lookCloser();

function lookCloser() {
  const output = make('pre', { tabindex: 0, role: 'group', 'aria-label': 'Answer' });
  const heading = make('h2', { tabindex: -1 }, 'Look closer');
  const panel = make('section', { id: 'closer', 'aria-live': 'polite' }, heading,
    served.views.length > 0 && memoryForm(),
    output,
    make('button', { type: 'button', click: () => { panel.hidden = true; } }, 'Close'));
  panel.hidden = served.views.length === 0;
  let latest = 0;

  // Answers can come in another order than they were asked for.
  async function ask(title, path, words) {
    const own = ++latest;
    panel.hidden = false;
    replace(heading, title);
    replace(output, '…');
    heading.focus();
    let text;
    try {
      const answer = await fetch(`${path}?${new URLSearchParams(words)}`, { credentials: 'same-origin' });
      text = await answer.text();
    } catch {
      text = 'The server does not answer: it has ended, or the connection is lost.';
    }
    if (own === latest) {
      // The line that was asked for is marked and in view.
      const sought = words.place ?? '▸';
      replace(output, text.split('\n').map(line => [line.includes(sought) ? make('mark', null, line) : line, make('br')]));
      panel.scrollIntoView();
      output.querySelector('mark')?.scrollIntoView({ block: 'nearest' });
    }
  }

  function memoryForm() {
    const view = make('select', { id: 'closer-view' }, served.views.map(name => make('option', { value: name }, name)));
    const target = make('input', { id: 'closer-target', size: 32, autocomplete: 'off', spellcheck: 'false' });
    const submit = event => {
      event.preventDefault();
      ask(`Memory: ${view.value} ${target.value}`, '/memory', { view: view.value, target: target.value });
    };
    return make('form', { submit }, make('label', { for: 'closer-view' }, 'View of the core'), view, make('label', { for: 'closer-target' }, 'Address, variable or goroutine'), target, make('button', { type: 'submit' }, 'Show'));
  }

  function button(name, title, path, words) {
    return make('button', { type: 'button', class: 'closer', 'aria-label': `${name} of ${title}`, click: () => ask(`${name} of ${title}`, path, words) }, name);
  }

  // The pc of a frame is where its call returns to; an access knows its own instruction.
  const instruction = entry => entry.instructions?.find(item => item.own)?.pc ?? entry.pc ?? entry.function;

  return {
    panel,
    of: entry => [' ',
      served.code && button('code', entry.function, '/disassembly', { place: instruction(entry) }),
      entry.file && entry.line ? button('source', place(entry.file, entry.line), '/source', { file: entry.file, line: entry.line }) : null],
  };
}
