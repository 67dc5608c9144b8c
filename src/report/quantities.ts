// Numbers in the words of a report.

/** "0, 3–5, 9" */
export function list(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < numbers.length; ) {
    let end = at;
    while (numbers[end + 1] === numbers[end]! + 1) end++;
    if (end - at < 2) parts.push(String(numbers[at]));
    else parts.push(`${numbers[at]}–${numbers[end]}`);
    at = end - at < 2 ? at + 1 : end + 1;
  }
  return parts.length > 5 ? `${parts.slice(0, 4).join(", ")}, …` : parts.join(", ");
}

export function percent(part: number, whole: number): string {
  const value = whole === 0 ? 0 : (100 * part) / whole;
  return value > 0 && value < 0.1 ? "<0.1 %" : `${value.toFixed(1)} %`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}
