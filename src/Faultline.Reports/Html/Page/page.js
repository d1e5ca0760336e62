const report = island('report');
const facts = island('facts');

function crashesPage() {
  const body = make('div');
  const show = index => replace(body, incident(report.incidents[index], facts.incidents[index]));
  if (report.incidents.length === 0) {
    replace(body, make('h1', null, 'Nothing found'));
  } else {
    show(0);
  }
  return [report.incidents.length > 1 && picker('Incident', facts.incidents.map((words, index) => ({ value: index, name: `${index + 1}: ${words.title}` })), show, `${report.incidents.length} incidents`), body, remarks(report.diagnostics, 'Remarks on the inputs')];
}

function incident(found, words) {
  const crowd = goroutines(found, words.runs);
  return make('div', null,
    verdict(found, words),
    bothSides(found),
    timeline(found),
    waitGraph(found, words.circles, crowd.select),
    objects(words.pictures, found.waitGraph, crowd.select),
    candidates(found),
    sampled(found),
    escapes(found.escapes, at => at === 0 ? 'victim' : `rival ${at}`),
    evidence(found),
    missing(found.missing),
    crowd.element,
    remarks(found.diagnostics, 'Remarks'));
}

function verdict(found, words) {
  const best = found.rivals[0] ?? found.victim;
  const errors = found.diagnostics.filter(item => item.severity === 'error').slice(0, 1);
  return make('section', { class: 'verdict', 'aria-label': 'Verdict' },
    make('p', { class: 'sure' }, badge(found.confidence), ' ', found.confidence === null ? 'the inputs do not say more than the message' : facts.words.sure[found.confidence]),
    make('h1', null, longText(words.title)),
    errors.map(item => make('p', { class: 'error' }, `${item.id} `, longText(item.message))),
    found.summary && make('p', { class: 'summary' }, longText(found.summary)),
    make('dl', null,
      best?.why && definition('Why', longText(best.why), ` (rule ${best.rule})`, evidenceLinks(best.evidence)),
      definition('Object', words.object),
      definition('Program', words.identity),
      definition('Log', sourceName(found.log.source))));
}

function picker(name, choices, show, summary) {
  const select = make('select', { id: 'picker', change: event => show(Number(event.target.value)) }, choices.map(choice => make('option', { value: String(choice.value) }, choice.name.slice(0, 200))));
  return make('div', { class: 'picker' }, make('label', { for: 'picker' }, name), select, make('span', { class: 'where' }, summary));
}

// By the system's wish until somebody asks for the other one.
function themeButton() {
  const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  return make('button', { type: 'button', id: 'theme', click: () => { document.documentElement.dataset.theme = isDark() ? 'light' : 'dark'; } }, 'Light or dark');
}

function links(main) {
  return make('nav', { 'aria-label': 'Sections' }, [...main.querySelectorAll('section[id]')].map(part => make('a', { href: `#${part.id}` }, part.querySelector('h2').textContent.replace(/ \([\d,]+\)$/, ''))));
}

const main = make('main', { id: 'main', tabindex: -1 }, report.races ? racesPage(report) : crashesPage());
const header = make('header', null, make('a', { href: '#main', class: 'skip' }, 'Skip to the verdict'), make('span', { class: 'brand' }, 'Faultline'), links(main), themeButton());
main.addEventListener('change', event => {
  if (event.target.id === 'picker') {
    header.querySelector('nav').replaceWith(links(main));
  }
});
document.body.prepend(header, main);
if (typeof closer !== 'undefined') {
  main.append(closer.panel);
}
