const BOX = { width: 236, height: 62 };
const GAP = { x: 150, y: 30 };

// Places for the nodes of a graph: circles as rings, what hangs on them in columns to their right, parts of the graph under one another.
function layout(nodes, arrows, circles) {
  const places = new Map();
  const neighbours = new Map(nodes.map(node => [node.id, new Set()]));
  const entered = new Set();
  for (const arrow of arrows) {
    neighbours.get(arrow.from).add(arrow.to);
    neighbours.get(arrow.to).add(arrow.from);
    entered.add(arrow.to);
  }
  let top = 0;
  const rest = new Set(nodes.map(node => node.id));
  for (const circle of circles) {
    const ring = circle.filter(id => rest.has(id));
    if (ring.length > 1) {
      top = component(ring, true, top);
    }
  }
  for (const node of nodes) {
    if (rest.has(node.id)) {
      const part = reach([node.id]);
      const roots = part.filter(id => !entered.has(id));
      top = component(roots.length > 0 ? roots : [node.id], false, top);
    }
  }
  return places;

  function reach(from) {
    const seen = new Set(from);
    for (const id of seen) {
      for (const next of neighbours.get(id)) {
        if (rest.has(next)) {
          seen.add(next);
        }
      }
    }
    return [...seen];
  }

  // Breadth first: each column holds what the one before it leads to, in the order of its neighbours.
  function component(first, isRing, from) {
    const columns = [first];
    first.forEach(id => rest.delete(id));
    for (let column = first; column.length > 0;) {
      const next = [];
      for (const id of column) {
        for (const other of neighbours.get(id)) {
          if (rest.delete(other)) {
            next.push(other);
          }
        }
      }
      if (next.length > 0) {
        columns.push(next);
      }
      column = next;
    }
    const radius = isRing ? Math.max(1, first.length / 4) : 0;
    const ringHeight = isRing ? 2 * radius * 130 + BOX.height : 0;
    const height = Math.max(ringHeight, ...columns.map((column, index) => isRing && index === 0 ? 0 : column.length * (BOX.height + GAP.y)));
    const middle = from + height / 2;
    let x = 0;
    columns.forEach((column, index) => {
      if (isRing && index === 0) {
        column.forEach((id, at) => {
          const angle = Math.PI + (2 * Math.PI * at) / column.length;
          places.set(id, { x: radius * 230 + radius * 230 * Math.cos(angle), y: middle + radius * 130 * Math.sin(angle) });
        });
        x = radius * 460;
      } else {
        column.forEach((id, at) => places.set(id, { x, y: middle + (at - (column.length - 1) / 2) * (BOX.height + GAP.y) }));
      }
      x += BOX.width + GAP.x;
    });
    return from + height + 70;
  }
}

// Where the line from a box's middle towards a point leaves the box.
function border(box, towards) {
  const x = towards.x - box.x;
  const y = towards.y - box.y;
  if (x === 0 && y === 0) {
    return box;
  }
  const scale = Math.min(x === 0 ? Infinity : (BOX.width / 2 + 4) / Math.abs(x), y === 0 ? Infinity : (BOX.height / 2 + 4) / Math.abs(y));
  return { x: box.x + x * scale, y: box.y + y * scale };
}
