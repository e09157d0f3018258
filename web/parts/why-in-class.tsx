/** The question why a person is, or is not, in a class, and its answer from the history and the files that were sent. */

import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { ApiTrouble } from '../api.ts';
import { paths } from '../paths.ts';
import { rosterApi } from '../roster-api.ts';
import { Part } from './page.tsx';
import css from './why-in-class.module.css';

export function WhyInClass({ place, name }: { place: { roster: string; id: string }; name: string }) {
  const [search] = useSearchParams();
  const asked = search.get('class') ?? '';
  return (
    <Part id="why" title="Why is this person in a class, or not?">
      <Question key={asked} place={place} asked={asked} />
      {asked && <Answer place={place} asked={asked} name={name} />}
    </Part>
  );
}

function Question({ place, asked }: { place: { roster: string; id: string }; asked: string }) {
  const navigate = useNavigate();
  const [text, setText] = useState(asked);
  const [fault, setFault] = useState('');
  return (
    <form
      className={css.question}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === '') return setFault('Name a class.');
        const to = paths.record(place.roster, 'users', place.id, { class: text.trim() });
        void navigate(to, { preventScrollReset: true });
      }}
    >
      <TextInput
        label="Class"
        description="Its title, code or sourcedId."
        value={text}
        maxLength={300}
        error={fault}
        onChange={(event) => {
          setFault('');
          setText(event.currentTarget.value);
        }}
      />
      <Button type="submit" variant="default">
        Ask why
      </Button>
    </form>
  );
}

function Answer({ place, asked, name }: { place: { roster: string; id: string }; asked: string; name: string }) {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['why', place.roster, place.id, asked],
    queryFn: () => rosterApi.why(place.roster, { user: place.id, class: asked }),
    staleTime: 60_000,
  });
  if (error) {
    const final = error instanceof ApiTrouble && error.status < 500 && error.status !== 429;
    return (
      <div role="alert" className={css.answer}>
        <p>{error.message}</p>
        {!final && (
          <Button variant="default" onClick={() => void refetch()}>
            Try again
          </Button>
        )}
      </div>
    );
  }
  if (!data) {
    return (
      <p role="status" className="soft">
        {isFetching && `Looking through the history of ${name} and the files that were sent…`}
      </p>
    );
  }
  const [first, ...more] = data.sentences;
  return (
    <div role="status" className={css.answer}>
      <p>
        <strong>{first}</strong>
      </p>
      {more.length > 0 && (
        <ul>
          {more.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
