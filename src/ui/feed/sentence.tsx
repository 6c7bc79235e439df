/** An item's sentence, with the values in it as buttons. */
import { type SentencePart, sentenceOf } from "../../domain/sentence.ts";
import { Value } from "../parts/value.tsx";

export interface SentenceProps {
  readonly of: Parameters<typeof sentenceOf>[0];
  readonly list: "detections" | "activities";
}

export function Sentence({ of, list }: SentenceProps) {
  return (
    <>
      {sentenceOf(of).map((part: SentencePart, at: number) =>
        "facet" in part ? (
          <Value
            // biome-ignore lint/suspicious/noArrayIndexKey: a sentence's parts have no names
            key={at}
            facet={part.facet}
            value={part.value}
            list={list}
            time={of.time}
            cluster={of.cluster}
          >
            <b>{part.text}</b>
          </Value>
        ) : (
          part.text
        ),
      )}
    </>
  );
}
