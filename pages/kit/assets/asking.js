// The model's side of the sampling lab: what is asked of the server, and what it answers.
import { bytesOf } from "./kit.js"

const trouble = (response) => new Error(response.status === 429 || response.status === 503 ? "busy" : "failed")

const post = async (path, body, signal) => {
  const response = await fetch(new URL(path, location.origin), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    signal,
    body: JSON.stringify(body),
  })
  if (!response.ok) throw trouble(response)
  return response
}

/** POST /live/words: the whole words that may follow and, if `draw` asks for one, the drawn word. */
export const askWords = async (body, signal) => (await post("/live/words", body, signal)).json()

/** POST /live/write: lines of JSON, first about the prompt, then one per token; ending the iteration stops the model. */
export async function* askTokens(body, own) {
  const response = await post("/live/write", { ...body, logits: true }, own.signal)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let waiting = ""
  try {
    for (;;) {
      const { done, value } = await reader.read()
      waiting += value ?? ""
      const whole = waiting.split("\n")
      waiting = done ? "" : whole.pop()
      for (const text of whole) {
        const line = text.trim() ? JSON.parse(text) : {}
        if (line.error) throw new Error("failed")
        yield line
      }
      if (done) return
    }
  } finally {
    own.abort()
  }
}

export const scores = (base64) => new Float32Array(bytesOf(base64).buffer)

/** The text of every token; the browser caches it across visits. */
export async function askVocabulary(model) {
  const response = await fetch(new URL(`/live/model/${encodeURIComponent(model)}/vocabulary`, location.origin))
  if (!response.ok) throw trouble(response)
  const told = await response.json(), all = bytesOf(told.vocabulary)
  let from = 0
  const vocabulary = told.lengths.map((length) => all.subarray(from, from += length))
  return { vocabulary, specials: told.specials, end: told.end }
}
