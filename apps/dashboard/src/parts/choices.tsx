import { useEquipment, useLots } from '../api/queries.ts';
import { useName } from '../shell/settings.tsx';

interface Choice {
  label: string;
  /** Empty: what `none` says. */
  value: string;
  choose: (value: string) => void;
  /** The words of an empty choice; without them there is none. */
  none?: string;
}

/** A field in which one of a few things is chosen. */
export function ChoiceField({
  label,
  value,
  choose,
  none,
  of,
}: Choice & { of: (readonly [string, string])[] }) {
  return (
    <label className="field">
      {label}
      <select value={value} onChange={({ target }) => choose(target.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {of.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function UnitField(choice: Choice) {
  const nameOf = useName();
  const units = useEquipment().data?.items ?? [];
  return <ChoiceField {...choice} of={units.map((unit) => [unit.eq_id, nameOf(unit)])} />;
}

export function LotField(choice: Choice) {
  const lots = useLots().data?.items ?? [];
  return <ChoiceField {...choice} of={lots.map(({ lot_id, lot_no }) => [String(lot_id), lot_no])} />;
}
