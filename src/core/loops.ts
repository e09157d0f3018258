/** Finds the circles in a map from child to parent, where a record is its own ancestor. */

/** The members of loops; what only leads into one is none. */
export function inLoops(parents: Map<number, number>): Set<number> {
  const looped = new Set<number>();
  const done = new Set<number>();
  for (const first of parents.keys()) {
    const path = new Set<number>();
    let at: number | undefined = first;
    while (at !== undefined && !done.has(at) && !path.has(at)) {
      path.add(at);
      at = parents.get(at);
    }
    if (at !== undefined && path.has(at)) {
      let member: number = at;
      do {
        looped.add(member);
        member = parents.get(member) as number;
      } while (member !== at);
    }
    for (const member of path) done.add(member);
  }
  return looped;
}
