// Where the nodes of a tree stand when it grows from left to right.

/**
 * Rows: the leaves one below the other, a node beside the middle of its children.
 *
 * @param {{number: number, parent: number}[]} nodes a parent that is none of them, such as -1, makes a root
 * @returns {{places: Map<number, number>, height: number}} the row of every node, and how many rows there are
 */
export function treeRows(nodes) {
  const children = new Map(), places = new Map(), known = new Set(nodes.map((node) => node.number))
  for (const node of nodes) {
    if (!children.has(node.parent)) children.set(node.parent, [])
    children.get(node.parent).push(node)
  }
  let row = 0
  const place = (number) => {
    const own = children.get(number) ?? []
    if (!own.length) return places.set(number, row++).get(number)
    const rows = own.map((each) => place(each.number))
    return places.set(number, (rows[0] + rows[rows.length - 1]) / 2).get(number)
  }
  nodes.filter((node) => !known.has(node.parent)).forEach((node) => place(node.number))
  return { places, height: Math.max(1, row) }
}
