/** What the pages' scripts find on the window besides what every browser has. */
interface Window {
  /** Loaded by figure.js. */
  // deno-lint-ignore no-explicit-any
  Plotly?: any
  /** How often anything was drawn: what the browser tests wait for. */
  __gbDraws?: number
}

interface WindowEventMap {
  /** A hovered x, told to all figures with the same cursor. */
  // deno-lint-ignore no-explicit-any
  "gb:cursor": CustomEvent<{ cursor: string; x: any; from: Node }>
}
