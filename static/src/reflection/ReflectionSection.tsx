import { mayWrite, otherName } from "../cycle/may";
import type { OpenCycle } from "../live/cycle";
import { words } from "../words";
import { Notes } from "./Notes";
import { Prompt } from "./Prompt";

/** The program's questions, each with what was shared to it and one's own draft; below them notes that never leave. */
export function ReflectionSection({ page }: { page: OpenCycle }) {
  const cycle = page.cycle.value;
  const notebook = page.notebook.value;
  if (!cycle) return null;
  const writes = mayWrite(page);
  const say = words.reflection;
  const offered = writes ? page.snapshot.value?.offered.prompts ?? [] : [];
  const shared = Object.values(cycle.reflections).sort((a, b) => a.at.localeCompare(b.at));
  // Questions that the program has changed since keep what was written to them.
  const used = [...shared.map(({ prompt }) => prompt), ...Object.values(notebook?.notes ?? {}).map(({ prompt }) => prompt)];
  const prompts = [...new Set([...offered, ...used])].filter((prompt) => prompt !== "");
  const free = shared.filter(({ prompt }) => prompt === "");
  return (
    <>
      <section>
        <h3>{say.title}</h3>
        <p class="quiet">{writes ? say.says(otherName(page)) : shared.length > 0 ? say.saysReader : say.none}</p>
        {prompts.map((prompt) => <Prompt key={prompt} prompt={prompt} page={page} writes={writes} shared={shared.filter((one) => one.prompt === prompt)} />)}
        {free.length > 0 && <Prompt prompt="" page={page} writes={false} shared={free} />}
      </section>
      {notebook && <Notes page={page} writes={writes} />}
    </>
  );
}
