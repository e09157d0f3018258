/** The one dialog of the console: a title, a way out, and what it is about. On a phone it may come from below. */

import { Drawer, Modal } from '@mantine/core';
import css from './dialog.module.css';

type Props = { title: string; onClose: () => void; children: React.ReactNode; isOpen?: boolean };

/**
 * @param isHigh it stands at the top of the window and grows downwards, for lists that change while one types.
 * @param isWide for tables.
 */
export function Dialog({
  title,
  onClose,
  children,
  isOpen = true,
  isHigh = false,
  isWide = false,
}: Props & { isHigh?: boolean; isWide?: boolean }) {
  return (
    <Modal.Root opened={isOpen} onClose={onClose} centered={!isHigh} size={isWide ? 'lg' : 'md'}>
      <Modal.Overlay />
      <Modal.Content radius="md">
        <Modal.Body>
          {/* No header element: it would be a second banner of the page. */}
          <div className={css.head}>
            <Modal.Title className={css.title ?? ''}>{title}</Modal.Title>
            <Modal.CloseButton aria-label="Close" />
          </div>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** The same from the lower edge. */
export function Sheet({ title, onClose, children, isOpen = true }: Props) {
  return (
    <Drawer.Root opened={isOpen} onClose={onClose} position="bottom" size="auto">
      <Drawer.Overlay />
      <Drawer.Content>
        <Drawer.Body>
          <div className={css.head}>
            <Drawer.Title className={css.title ?? ''}>{title}</Drawer.Title>
            <Drawer.CloseButton aria-label="Close" />
          </div>
          {children}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
