/** A field that searches as one types; the words live in the address. */

import { TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

const restMs = 150;

/** @param onSearch is called when typing rests, with the words as they stand then. */
export function SearchField(props: { label: string; value: string; onSearch: (words: string) => void }) {
  const { label, value, onSearch } = props;
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
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder="Search"
      value={words}
      onChange={(event) => setWords(event.currentTarget.value)}
    />
  );
}
