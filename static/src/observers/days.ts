import { day } from "../time/format";

/** The day that ends at this moment: an end at midnight belongs to the day before. */
export function lastDay(until: string): string {
  return day(new Date(Date.parse(until) - 1000).toISOString());
}

/** The end of a day as an instant, by this device's clock; null for what is no day to come within a year. */
export function endOf(date: string): string | null {
  const [year, month, ofMonth] = date.split("-").map(Number);
  if (!year || !month || !ofMonth) return null;
  const end = new Date(year, month - 1, ofMonth + 1);
  const days = (end.getTime() - Date.now()) / 86_400_000;
  return days > 0 && days < 366 ? end.toISOString() : null;
}

/** Today and some days, as a date field has it. */
export function inDays(days: number): string {
  const at = new Date();
  at.setDate(at.getDate() + days);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}
