/** Whole milliseconds from one RFC 3339 moment to another, rounded down. The server counts microseconds; a Date does not. */
export function millisecondsBetween(from: string, to: string): number {
  return Math.floor((microseconds(to) - microseconds(from)) / 1000);
}

function microseconds(moment: string): number {
  const fraction = /\.\d+/.exec(moment)?.[0] ?? "";
  return Date.parse(moment.replace(fraction, "")) * 1000 + Number(fraction.slice(1, 7).padEnd(6, "0"));
}
