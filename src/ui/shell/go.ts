/** `g` and a letter goes to a place. */
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { useKeys } from "../parts/keyboard.ts";
import { places } from "./places.tsx";

const patienceMillis = 1200;

export function useGoKeys(): void {
  const navigate = useNavigate();
  const pressed = useRef(0);
  useKeys({
    g: () => {
      pressed.current = Date.now();
    },
    "*": (key) => {
      const place = places.find((one) => one.key === key);
      if (place === undefined || Date.now() - pressed.current > patienceMillis) return false;
      pressed.current = 0;
      void navigate({ to: place.to });
      return true;
    },
  });
}
