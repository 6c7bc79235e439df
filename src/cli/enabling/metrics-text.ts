/** A page of metrics in Prometheus' text format, read as far as we ask for. */

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All samples of a metric; none where the page does not have it. */
export function samples(page: string, metric: string): readonly Sample[] {
  return page.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? ([^ ]+)/.exec(line) ?? [];
    if (name !== metric || value === undefined) return [];
    const pairs = [...labels.matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
    return [{ labels: Object.fromEntries(pairs.map(([, key, text]) => [key, text])), value: Number(value) }];
  });
}

export const total = (all: readonly Sample[]): number => all.reduce((sum, { value }) => sum + value, 0);
