// One side of a fault, with all that is known of it.
function side(title, access) {
  const who = access.goroutine === null ? 'goroutine not known' : `goroutine ${access.goroutine}`;
  return make('article', { class: 'side' },
    make('h3', null, title, ' ', badge(access.confidence)),
    make('p', { class: 'who' }, who, access.status && ` [${access.status}]`, access.operation !== 'other' && `, ${facts.words.operations[access.operation]}`),
    access.expression && make('p', { class: 'expression' }, make('code', null, longText(access.expression))),
    make('dl', null,
      definition('At', make('code', null, access.function), access.inlined && make('span', { class: 'tag' }, 'inlined'), `, ${place(access.file, access.line)}`, lookAt(access)),
      definition('PC', access.pc && make('code', null, access.pc)),
      definition('When', access.time !== null && (access.time < 0 ? `${microseconds(-access.time).slice(1)} before the fault` : `${microseconds(access.time)} after the fault`)),
      definition('Touched', access.objectAddress && make('code', null, access.objectAddress)),
      definition('Phase', phase(access.phase)),
      definition('Started by', creation(access.createdBy)),
      definition('Why', longText(access.why), ` (rule ${access.rule})`, evidenceLinks(access.evidence))),
    sourceExcerpt(access.file, access.line, access.expression),
    instructions(access.instructions),
    access.frames.length > 0 && make('details', { class: 'folded', open: access.frames.length <= 12 }, make('summary', null, `Stack (${plural(access.frames.length, 'frame', 'frames')}, innermost first)`), stack(access.frames)));
}

function phase(known) {
  const flags = { set: 'this call had set the write flag', clear: 'this call had not set the write flag', unknown: 'whether this call had set the write flag is not known' };
  return known && `in ${known.function}: ${known.phases.join(' or ') || 'not known'}; ${flags[known.flag]}`;
}

function instructions(list) {
  if (list.length === 0) {
    return null;
  }
  const rows = list.map(entry => make('div', { class: entry.own ? 'line own' : 'line' },
    make('span', { class: 'number' }, `${entry.own ? '▸' : ' '} ${entry.pc}`), make('code', null, entry.text, (entry.type ?? entry.string) && make('span', { class: 'note' }, `  ; ${entry.type ?? entry.string}`))));
  return make('figure', null, make('figcaption', null, 'Instructions, as linked'), make('div', { class: 'listing', tabindex: 0, role: 'group', 'aria-label': 'Instructions' }, rows));
}

function bothSides(incident) {
  const sides = [];
  if (incident.victim) {
    sides.push(side('Victim', incident.victim));
  } else if (incident.fault.kind !== 'deadlock') {
    sides.push(make('article', { class: 'side absent' }, make('h3', null, 'Victim'), make('p', null, 'Not in the log: the goroutine that raised the fault was not printed.')));
  }
  if (incident.rivals.length > 0) {
    sides.push(side(incident.rivals.length > 1 ? `Rival: best of ${incident.rivals.length} candidates` : 'Rival', incident.rivals[0]));
  } else if (facts.words.twoSided.includes(incident.fault.kind)) {
    sides.push(make('article', { class: 'side absent' }, make('h3', null, 'Rival'), make('p', null, incident.missing.length > 0 ? 'None found; see Missing.' : 'None found.')));
  }
  return sides.length > 0 && section('sides', sides.length > 1 ? 'Both sides' : 'The goroutine', make('div', { class: 'sides' }, sides));
}

// The further candidates, each made when it is opened: there may be hundreds.
function candidates(incident) {
  const others = incident.rivals.slice(1);
  if (others.length === 0) {
    return null;
  }
  const tie = others[0].confidence === incident.rivals[0].confidence;
  const items = others.map((rival, index) => {
    const body = make('div');
    const title = `${rival.goroutine === null ? 'goroutine not known' : `goroutine ${rival.goroutine}`}, ${facts.words.operations[rival.operation]}: ${rival.expression || rival.function}`;
    const open = event => event.target.open && body.childElementCount === 0 && body.append(side(`Candidate ${index + 2}`, rival));
    return make('li', null, make('details', { class: 'folded', toggle: open }, make('summary', null, badge(rival.confidence), ' ', title, make('span', { class: 'where' }, ` ${place(rival.file, rival.line)}`)), body));
  });
  return section('candidates', `Further candidates (${others.length})`, tie && make('p', null, 'Some are as likely as the first.'), make('ol', { class: 'plain', start: 2 }, items));
}
