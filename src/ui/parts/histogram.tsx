/** How much when, in stacked bars: a drag along it narrows the time. */
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { usePrefs } from "../prefs.ts";
import { clockText, countText } from "../times.ts";
import styles from "./histogram.module.css";

export interface Series {
  readonly key: string;
  readonly title: string;
  /** The name of a CSS variable. */
  readonly colour: string;
  readonly counts: readonly number[];
}

export interface HistogramProps {
  readonly label: string;
  /** RFC 3339, of the first bar's beginning. */
  readonly from: string;
  readonly stepMillis: number;
  /** From the ground up. */
  readonly series: readonly Series[];
  /** What was dragged over, RFC 3339. */
  onZoom(from: string, to: string): void;
}

const height = 84;

export function HistogramChart({ label, from, stepMillis, series, onZoom }: HistogramProps) {
  const holder = useRef<HTMLDivElement>(null);
  const zoomed = useRef(onZoom);
  zoomed.current = onZoom;
  const { zone } = usePrefs();
  const scheme = useComputedColorScheme();
  const [hover, setHover] = useState<number | null>(null);
  const stacked = useMemo(() => stack(from, stepMillis, series), [from, stepMillis, series]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read anew when the scheme changes
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim() || "gray";
    const axis = { stroke: colour("--mantine-color-dimmed"), grid: { stroke: colour("--row-line"), width: 1 } };
    const bars = uPlot.paths.bars?.({ size: [0.9, 40], align: 1 });
    const tops = [...series].reverse();
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        padding: [6, 8, 0, 0],
        legend: { show: false },
        cursor: {
          drag: { x: true, y: false, setScale: false },
          points: { show: false },
          y: false,
        },
        scales: {
          x: {
            time: true,
            range: () => [Date.parse(from) / 1000, (Date.parse(from) + stepMillis * width(series)) / 1000],
          },
          y: { range: (_, __, most) => [0, Math.max(1, most)] },
        },
        tzDate: (seconds) =>
          zone === "utc" ? uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC") : new Date(seconds * 1000),
        axes: [
          {
            ...axis,
            size: 22,
            font: "11px system-ui",
            ticks: { show: false },
            grid: { show: false },
            values: (_, marks) => distinct(marks.map((mark) => tick(mark, stepMillis * width(series), zone))),
          },
          {
            ...axis,
            size: 44,
            font: "11px system-ui",
            ticks: { show: false },
            splits: (_, __, ___, most) => [0, most],
            values: (_, marks) => marks.map((mark) => countText(Math.round(mark))),
          },
        ],
        series: [
          {},
          ...tops.map(({ title, colour: name }) => ({
            label: title,
            fill: colour(name),
            width: 0,
            paths: bars,
            points: { show: false },
          })),
        ],
        hooks: {
          setCursor: [(chart) => setHover(chart.cursor.idx ?? null)],
          setSelect: [
            (chart) => {
              const { left, width: dragged } = chart.select;
              if (dragged < 3) return;
              const at = (x: number) => new Date(Math.round(chart.posToVal(x, "x") * 1000)).toISOString();
              chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              zoomed.current(at(left), at(left + dragged));
            },
          ],
        },
      },
      stacked as uPlot.AlignedData,
      element,
    );
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      plot.destroy();
    };
  }, [stacked, series, from, stepMillis, zone, scheme]);

  const total = series.reduce((sum, { counts }) => sum + counts.reduce((a, b) => a + b, 0), 0);
  const at = hover === null ? undefined : new Date(Date.parse(from) + hover * stepMillis);
  return (
    <figure className={styles.figure}>
      <div ref={holder} className={styles.plot} role="img" aria-label={`${label}: ${summary(series, total)}`} />
      <figcaption className={styles.legend} aria-hidden="true">
        {at === undefined ? (
          <span>{countText(total)} in all · drag to zoom</span>
        ) : (
          <span className="mono">{clockText(at, zone)}</span>
        )}
        {[...series].reverse().map(({ key, title, colour, counts }) => (
          <span key={key} className={styles.entry}>
            <span className={styles.swatch} style={{ background: `var(${colour})` }} />
            {title} {countText(hover === null ? counts.reduce((a, b) => a + b, 0) : (counts[hover] ?? 0))}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** The clock within two days, the day beyond. */
function tick(seconds: number, span: number, zone: "local" | "utc"): string {
  const text = clockText(new Date(seconds * 1000), zone);
  return span > 2 * 86_400_000 ? text.slice(5, 10) : span < 600_000 ? text.slice(11) : text.slice(11, 16);
}

/** Where marks lie closer than their words tell, each word stands once. */
const distinct = (words: readonly string[]) => words.map((word, at) => (word === words[at - 1] ? "" : word));

const width = (series: readonly Series[]) => series[0]?.counts.length ?? 0;

function summary(series: readonly Series[], total: number): string {
  const parts = series.map(({ title, counts }) => `${title} ${counts.reduce((a, b) => a + b, 0)}`);
  return `${total} in all; ${parts.join(", ")}`;
}

/** Each series on top of those below it; drawn from the top one down, so that the lower ones cover it. */
function stack(from: string, stepMillis: number, series: readonly Series[]): number[][] {
  const began = Date.parse(from) / 1000;
  const times = Array.from({ length: width(series) }, (_, at) => began + (at * stepMillis) / 1000);
  const sums: number[] = times.map(() => 0);
  const tops: number[][] = [];
  for (const { counts } of series) {
    counts.forEach((count, at) => {
      sums[at] = (sums[at] ?? 0) + count;
    });
    tops.unshift([...sums]);
  }
  return [times, ...tops];
}
