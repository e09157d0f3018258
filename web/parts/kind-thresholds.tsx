/** Values of a threshold for one kind alone, such as more removals of enrollments than of other records. */

import { NumberInput } from '@mantine/core';
import type { Setting } from '../set-up-api.ts';
import { settingName } from '../setting-words.ts';
import { counted } from '../words.ts';
import css from './kind-thresholds.module.css';
import { ShareField } from './setting-field.tsx';

export function KindThresholds(props: {
  setting: Setting;
  changes: Record<string, unknown>;
  onChange: (name: string, value: unknown) => void;
}) {
  const { setting, changes, onChange } = props;
  const { name, ownKinds, kinds, control, mayNotChange, shown } = setting;
  const ownValue = (kind: string): unknown => {
    const key = `${name}.${kind}`;
    if (key in changes) return changes[key] ?? '';
    return kinds.find((each) => each.kind === kind)?.value ?? '';
  };
  const set = ownKinds.filter((kind) => ownValue(kind) !== '').length;
  return (
    <details className={css.kinds} open={kinds.length > 0}>
      <summary>
        For one kind alone
        {set > 0 && <span className="soft">: {counted(set, 'kind has', 'kinds have')} an own value</span>}
      </summary>
      <div className={css.grid}>
        {ownKinds.map((kind) => {
          const common = {
            label: kind,
            'aria-label': `${settingName(name)} of ${kind}`,
            placeholder: `${shown}, as all`,
            disabled: mayNotChange !== null,
          };
          const change = (value: number | string) => onChange(`${name}.${kind}`, value === '' ? null : value);
          return control?.type === 'share' ? (
            <ShareField key={kind} {...common} value={ownValue(kind)} onChange={change} />
          ) : (
            <NumberInput
              key={kind}
              {...common}
              min={0}
              allowDecimal={false}
              thousandSeparator=","
              value={ownValue(kind) as number | ''}
              onChange={change}
            />
          );
        })}
      </div>
    </details>
  );
}
