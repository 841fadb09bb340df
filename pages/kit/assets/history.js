// One entry a page in the browser's history. Streamlit adds one whenever a setting is written to the address, and going
// back to such an entry changes nothing to be seen: the widgets keep their values. So it replaces the entry instead.

/** Let a new address of the same page take the place of the old one; another page is a new entry. */
export function oneEntryAPage() {
  const add = history.pushState.bind(history)
  history.pushState = (state, unused, address) => {
    const same = address === undefined || address === null ||
      new URL(address, location.href).pathname === location.pathname
    if (same) history.replaceState(state, unused, address)
    else add(state, unused, address)
  }
}
