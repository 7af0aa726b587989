import { useEquipment } from '../api/queries.ts';
import { useName, useTexts } from '../shell/settings.tsx';

/** What a unit is called, by its code; the code where it is not known (yet). */
export function useUnitName(): (eqId: string) => string {
  const nameOf = useName();
  const units = useEquipment().data?.items;
  return (eqId) => nameOf(units?.find(({ eq_id }) => eq_id === eqId)) || eqId;
}

/** What a model is called, by its name in the store. */
export function useModelName(): (name: string) => string {
  const { detector, models } = useTexts();
  const names: Record<string, string | undefined> = { ...detector, ...models.names };
  return (name) => names[name] ?? name;
}
