import type { Schemas } from '../api/client.ts';
import type { UnitStatus } from '../api/queries.ts';
import { HealthRing } from '../parts/health-ring.tsx';
import { StatusMark } from '../parts/severity.tsx';
import { href } from '../shell/route.ts';
import { useName } from '../shell/settings.tsx';

export function HealthTile({
  unit,
  status,
}: {
  unit: Schemas['EquipmentDto'];
  status: UnitStatus | undefined;
}) {
  const nameOf = useName();
  return (
    <li>
      <a href={href('plant', unit.eq_id)} className="tile">
        <svg viewBox="-18 -18 36 36" className="tile-ring" aria-hidden="true">
          <HealthRing x={0} y={0} score={status?.score ?? null} band={status?.band ?? null} />
        </svg>
        <span>
          <strong>{nameOf(unit)}</strong>
          <StatusMark status={status?.status ?? 'unknown'} />
        </span>
      </a>
    </li>
  );
}
