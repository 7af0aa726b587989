import { useMutation, type UseMutationResult, useQueryClient } from '@tanstack/react-query';
import { change } from '../api/client.ts';

/** Has what changes with an alarm read again: one acknowledgement holds for incident and anomalies, too. */
export function useAlarmsRead(): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    Promise.all(
      [
        '/api/v1/alarms',
        '/api/v1/alarms/journal',
        '/api/v1/incidents',
        '/api/v1/incidents/{incident_id}',
      ].map((path) => client.invalidateQueries({ queryKey: [path] })),
    );
}

/** What somebody does with one alarm, by the last part of its path. */
export type AlarmAction = 'shelve' | 'unshelve' | 'comment' | 'out-of-service' | 'in-service';

interface Asked {
  action: AlarmAction;
  body: object;
}

export function useAlarmChange(
  alarm_id: number,
  after: () => void,
): UseMutationResult<unknown, Error, Asked> {
  return useMutation({
    mutationFn: ({ action, body }: Asked) =>
      change('POST', `/api/v1/alarms/{alarm_id}/${action}`, { path: { alarm_id }, body }),
    onSuccess: after,
    onSettled: useAlarmsRead(),
  });
}
