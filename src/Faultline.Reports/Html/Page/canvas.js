// A drawing that is moved by dragging and arrow keys, and zoomed by buttons, '+' and '-', and the wheel once it has the focus (before that the wheel scrolls the page).
function canvas(label, bounds) {
  const svg = draw('svg', { class: 'canvas', tabindex: 0, role: 'group', 'aria-label': `${label}. Arrow keys move it, plus and minus zoom, 0 shows all of it.` });
  let view = { ...bounds };

  function apply() {
    svg.setAttribute('viewBox', `${view.x} ${view.y} ${view.width} ${view.height}`);
  }

  function zoom(factor, centre = { x: view.x + view.width / 2, y: view.y + view.height / 2 }) {
    const width = Math.min(bounds.width * 4, Math.max(80, view.width * factor));
    const ratio = width / view.width;
    view = { x: centre.x - (centre.x - view.x) * ratio, y: centre.y - (centre.y - view.y) * ratio, width, height: view.height * ratio };
    apply();
  }

  function move(x, y) {
    view.x += x;
    view.y += y;
    apply();
  }

  function fit() {
    view = { ...bounds };
    apply();
  }

  // Screen to drawing: the drawing keeps its proportions, so one of the two directions has air.
  function unit() {
    return Math.max(view.width / (svg.clientWidth || 1), view.height / (svg.clientHeight || 1));
  }

  function at(event) {
    const box = svg.getBoundingClientRect();
    const scale = unit();
    return {
      x: view.x + view.width / 2 + (event.clientX - box.left - box.width / 2) * scale,
      y: view.y + view.height / 2 + (event.clientY - box.top - box.height / 2) * scale,
    };
  }

  svg.addEventListener('wheel', event => {
    if (event.ctrlKey || svg.contains(document.activeElement)) {
      event.preventDefault();
      zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, at(event));
    }
  }, { passive: false });
  let drag = null;
  svg.addEventListener('pointerdown', event => {
    drag = { x: event.clientX, y: event.clientY };
  });
  svg.addEventListener('pointermove', event => {
    if (drag && event.buttons > 0) {
      move((drag.x - event.clientX) * unit(), (drag.y - event.clientY) * unit());
      drag = { x: event.clientX, y: event.clientY };
    }
  });
  for (const name of ['pointerup', 'pointerleave']) {
    svg.addEventListener(name, () => {
      drag = null;
    });
  }
  svg.addEventListener('keydown', event => {
    const step = view.width / 10;
    const keys = {
      ArrowLeft: () => move(-step, 0), ArrowRight: () => move(step, 0), ArrowUp: () => move(0, -step), ArrowDown: () => move(0, step), '+': () => zoom(1 / 1.25), '=': () => zoom(1 / 1.25), '-': () => zoom(1.25), 0: fit,
    };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  apply();
  const tools = zoomTools(label, () => zoom(1 / 1.4), () => zoom(1.4), fit);
  return { svg, tools };
}

function zoomTools(label, closer, wider, fit) {
  return make('div', { class: 'tools', role: 'group', 'aria-label': `Zoom of ${label}` },
    make('button', { type: 'button', 'aria-label': 'Zoom in', click: closer }, '+'),
    make('button', { type: 'button', 'aria-label': 'Zoom out', click: wider }, '−'),
    make('button', { type: 'button', click: fit }, 'Show all'));
}
