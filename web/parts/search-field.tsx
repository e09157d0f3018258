/** A field that searches as one types; the words live in the address, and the `/` key leads here. */

import { TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

const restMs = 150;

/** @param onSearch is called when typing rests, with the words as they stand then. */
export function SearchField(props: { label: string; value: string; onSearch: (words: string) => void }) {
  const { label, value, onSearch } = props;
  const field = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setWords(value);
  }, [value]);
  useEffect(() => {
    if (words === sent.current) return;
    const rest = setTimeout(() => {
      sent.current = words;
      onSearch(words);
    }, restMs);
    return () => clearTimeout(rest);
  }, [words, onSearch]);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, select');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);
  return (
    <TextInput
      ref={field}
      type="search"
      aria-label={label}
      aria-keyshortcuts="/"
      placeholder="Search  ( / )"
      value={words}
      onChange={(event) => setWords(event.currentTarget.value)}
    />
  );
}
