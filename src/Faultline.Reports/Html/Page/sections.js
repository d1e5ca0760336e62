// A part of the page with its heading; the bar of links is made from these.
function section(id, title, ...children) {
  return make('section', { id, 'aria-labelledby': `${id}-title` }, make('h2', { id: `${id}-title` }, title), children);
}

function evidence(incident) {
  return incident.evidence.length > 0 && section('evidence', `Evidence (${incident.evidence.length})`, make('ol', { class: 'evidence' }, incident.evidence.map(item => {
    const at = item.line !== null ? `:${item.line}` : item.address ? ` at ${item.address}` : item.offset !== null ? ` at byte ${item.offset}` : item.time ? ` at ${item.time}` : '';
    return make('li', { id: `evidence-${item.id}`, value: item.id, tabindex: -1 }, make('span', { class: 'where' }, `${sourceName(item.source)}${at}`), make('code', { class: 'original' }, longText(item.text)));
  })));
}

function missing(pieces) {
  return pieces.length > 0 && section('missing', 'Missing', make('ul', null, pieces.map(piece => make('li', null, piece.what, piece.command && command(piece.command)))));
}

function command(text) {
  const code = make('code', null, text);
  const copy = make('button', { type: 'button', click: async () => {
    // The clipboard may be closed to pages; then the command is at least selected.
    getSelection().selectAllChildren(code);
    try {
      await navigator.clipboard.writeText(text);
      copy.textContent = 'Copied';
    } catch {
      copy.textContent = 'Selected';
    }
  } }, 'Copy');
  return make('div', { class: 'command' }, code, copy);
}

function remarks(diagnostics, title) {
  return diagnostics.length > 0 && section('remarks', title, make('ul', { class: 'plain' }, diagnostics.map(item => make('li', null,
    make('span', { class: `badge ${item.severity}` }, item.id), ' ', make('span', { class: 'where' }, `${sourceName(item.source)}${item.offset === null || item.offset === undefined ? '' : `:${item.offset}`}`), ' ', longText(item.message)))));
}

function sampled(incident) {
  return incident.sampled.length > 0 && section('sampled', 'Sampled in operations on such maps in the last second', make('p', null, 'What is often sampled is often run, no more.'),
    make('ul', { class: 'plain' }, incident.sampled.map(line => make('li', null, `${line.samples} × ${facts.words.operations[line.operation]}, ${line.function}, ${place(line.file, line.line)}, ${line.goroutines.length > 0 ? `${line.goroutines.length === 1 ? 'goroutine' : 'goroutines'} ${line.goroutines.join(', ')}` : plural(line.threads, 'thread', 'threads')}, last ${microseconds(line.lastNs).replace('+', '')} before`))));
}

function escapes(list, sideName) {
  return list.length > 0 && section('escapes', 'Where it escaped, by the compiler’s output', make('ul', null, list.map(item => make('li', null,
    make('code', null, item.name), ` of ${item.function ?? 'an unknown function'}, ${place(item.declared.file, item.declared.line)}${item.moved ? ', moved to the heap' : ''}${item.byLine ? ' (matched by its line)' : ''}`,
    make('ul', null, item.holders.map(holder => make('li', null, `captured by ${holder.byValue ? 'value' : 'reference'}${holder.closure ? ` in ${holder.closure}` : ''}${holder.place ? `, ${place(holder.place.file, holder.place.line)}` : ''}${holder.started ? ', started with go' : ''}${holder.sides.length > 0 ? ` (${holder.sides.map(sideName).join(', ')})` : ''}`)))))));
}
