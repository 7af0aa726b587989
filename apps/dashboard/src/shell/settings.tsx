import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { usePlant } from '../api/queries.ts';
import { en } from '../texts/en.ts';
import { ko } from '../texts/ko.ts';
import { type Clock, clockOf } from './clock.ts';

export type Language = 'en' | 'ko';
export type Theme = 'light' | 'dark' | 'system';

interface Settings {
  language: Language;
  theme: Theme;
  setLanguage: (language: Language) => void;
  setTheme: (theme: Theme) => void;
}

const Context = createContext<Settings | null>(null);

/** Only what a reader prefers is stored in the browser; `?lang=` and `?theme=` say it for one page, e.g. of a wall. */
function preferred<T extends string>(name: string, allowed: readonly T[], otherwise: T): T {
  const given = new URLSearchParams(location.search).get(name) ?? localStorage.getItem(`tep-${name}`);
  return allowed.find((each) => each === given) ?? otherwise;
}

export function SettingsProvider({ children }: { children: ReactNode }) {
  const own = navigator.language.startsWith('ko') ? 'ko' : 'en';
  const [language, setLanguage] = useState(preferred<Language>('lang', ['en', 'ko'], own));
  const [theme, setTheme] = useState(preferred<Theme>('theme', ['light', 'dark', 'system'], 'system'));
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem('tep-lang', language);
    // the letters of Korean are fetched only when they are needed
    if (language === 'ko') void import('./korean-letters.ts');
  }, [language]);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const apply = (): void => {
      document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
    };
    apply();
    localStorage.setItem('tep-theme', theme);
    dark.addEventListener('change', apply);
    return () => dark.removeEventListener('change', apply);
  }, [theme]);
  return <Context value={{ language, theme, setLanguage, setTheme }}>{children}</Context>;
}

export function useSettings(): Settings {
  const settings = useContext(Context);
  if (!settings) throw new Error('There is no SettingsProvider above');
  return settings;
}

export const useTexts = () => (useSettings().language === 'ko' ? ko : en);

/** Of two names of one thing, the one in the reader's language. */
export function useName(): (thing: { name: string; name_ko?: string | null } | undefined) => string {
  const { language } = useSettings();
  return (thing) => (language === 'ko' && thing?.name_ko) || (thing?.name ?? '');
}

/** A unit of measure as the reader writes it. */
export function useMeasure(): (unit: string | undefined) => string {
  const { measures } = useTexts();
  return (unit = '') => measures[unit] ?? unit;
}

/** Spans of plant time: `45 min`, `3.5 h`, `2.0 d`. */
export function useSpan(): (ms: number) => string {
  const { span } = useTexts();
  return (ms) => {
    const minutes = Math.max(0, ms) / 60_000;
    if (minutes < 120) return span.minutes(Math.round(minutes));
    return minutes < 2_880 ? span.hours((minutes / 60).toFixed(1)) : span.days((minutes / 1_440).toFixed(1));
  };
}

/** Times by the clocks of the plant. */
export const useClock = (): Clock => clockOf(usePlant().data?.time_zone ?? 'UTC');
