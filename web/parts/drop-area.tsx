/** Where files are dropped, or chosen by a click or the keyboard; a drop counts wherever on the page it falls. */

import { Button } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';
import { type Chosen, chosenFiles, droppedFiles } from '../check/dropped.ts';
import css from './drop-area.module.css';

/** Every browser knows this attribute; React's types do not. */
const folderOnly = { webkitdirectory: '' };

export function DropArea(props: {
  onChosen: (chosen: Chosen) => void;
  lead?: string;
  /** What may be dropped. */
  about?: string;
}) {
  const {
    onChosen,
    lead = 'Drop a delivery here',
    about = 'A zip, the CSV files or Excel workbooks of one set, or their folder',
  } = props;
  const id = useId();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const choose = (event: React.ChangeEvent<HTMLInputElement>) => {
    const { files: list } = event.currentTarget;
    if (list && list.length > 0) onChosen(chosenFiles(list));
    // The same file may be chosen again, after it was put right.
    event.currentTarget.value = '';
  };
  return (
    <div className={css.area}>
      <label htmlFor={id} className={css.label}>
        <svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
          <path d="M12 5h16l10 10v28H12z M28 5v10h10" />
          <path d="M25 22v14M19 30l6 6 6-6" />
        </svg>
        <span className={css.lead}>{lead}</span>
        <span className="soft">{about}</span>
      </label>
      <div className={css.ways}>
        <Button onClick={() => files.current?.click()}>Choose files</Button>
        <Button variant="default" onClick={() => folder.current?.click()}>
          Choose a folder
        </Button>
      </div>
      <input id={id} ref={files} type="file" multiple hidden aria-label="Files" onChange={choose} />
      <input ref={folder} type="file" {...folderOnly} hidden aria-label="Folder" onChange={choose} />
    </div>
  );
}

/** Takes drops on the whole page, so that the browser never opens what fell beside the area; true while files hover. */
export function useDrop(onChosen: (chosen: Chosen) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const hover = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer || !carriesFiles(event)) return;
      event.preventDefault();
      setOver(false);
      void droppedFiles(event.dataTransfer).then(onChosen);
    };
    document.addEventListener('dragover', hover);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', hover);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
    };
  }, [onChosen]);
  return over;
}
