import type { FrameworkTag, ProgramSetUp, Stage, StageDays } from "../api/shapes";
import { words } from "../words";

export type SetStage = Exclude<Stage, "closed">;
export const STAGES: SetStage[] = ["planning", "teaching", "review", "debrief", "follow_up"];

export interface FrameworkDraft { name: string; version: string; tags: string }

/** The settings as they are typed: lists as lines. */
export interface Draft {
  mode: ProgramSetUp["release_mode"];
  days: Record<SetStage, string>;
  categories: string;
  prompts: string;
  frameworks: FrameworkDraft[];
}

export function draftOf(settings: ProgramSetUp): Draft {
  return {
    mode: settings.release_mode,
    days: Object.fromEntries(STAGES.map((stage) => [stage, String(settings.stage_days[stage])])) as Draft["days"],
    categories: settings.focus_categories.join("\n"),
    prompts: settings.prompts.join("\n"),
    frameworks: settings.frameworks.map(({ name, version, tags }) => ({ name, version, tags: tags.map(({ code, label }) => `${code}: ${label}`).join("\n") })),
  };
}

export function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
}

/** Or the sentence that names the stage whose days make no sense. */
export function daysOf(days: Draft["days"]): StageDays | string {
  const odd = STAGES.find((stage) => !/^\d{1,3}$/.test(days[stage].trim()) || Number(days[stage]) < 1 || Number(days[stage]) > 365);
  if (odd) return words.settings.needDays(words.stages[odd]);
  return Object.fromEntries(STAGES.map((stage) => [stage, Number(days[stage])])) as unknown as StageDays;
}

/** `A1: Asks why` a line; or the sentence that names the line without a colon. */
export function tagsOf(text: string): FrameworkTag[] | string {
  const tags: FrameworkTag[] = [];
  for (const line of lines(text)) {
    const [, code, label] = /^(.+?)\s*:\s*(.+)$/.exec(line) ?? [];
    if (!code || !label) return words.settings.needColon(line);
    tags.push({ code, label });
  }
  return tags;
}
