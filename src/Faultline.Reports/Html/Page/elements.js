const SVG = 'http://www.w3.org/2000/svg';
const LONGEST = 3000;

// Whatever is not visible is shown as an escape, as in the text report: control and format characters could hide or turn around what follows.
const INVISIBLE = /(?! )[\p{C}\p{Z}]/gu;
const SHORT = new Map([['\n', '\\n'], ['\r', '\\r'], ['\t', '\\t']]);

function visible(text) {
  return String(text).replace(INVISIBLE, character => {
    const code = character.codePointAt(0);
    return SHORT.get(character) ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`);
  });
}

// The one place where text meets the document.
function textNode(text) {
  return document.createTextNode(visible(text));
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === '') {
      continue;
    }
    element.append(child instanceof Node ? child : textNode(child));
  }
  return element;
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : visible(value));
    }
  }
  return append(element, children);
}

function make(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function draw(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function replace(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

// Text of any length; what is too long to read comes on demand.
function longText(text) {
  if (text.length <= LONGEST) {
    return textNode(text);
  }
  const more = make('button', { type: 'button', click: () => holder.replaceChildren(textNode(text)) }, `show all ${count(text.length)} characters`);
  const holder = make('span', null, text.slice(0, LONGEST), '… ', more);
  return holder;
}

function count(number) {
  return number.toLocaleString('en-US');
}

function plural(number, one, many) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

function island(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
