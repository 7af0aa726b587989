import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ProblemError } from '../api/client.ts';
import { useTexts } from '../shell/settings.tsx';

export function Loading() {
  return <p className="loading">{useTexts().common.loading}</p>;
}

export const Empty = ({ children }: { children: ReactNode }) => <p className="empty">{children}</p>;

/** What went wrong, in the reader's language where the code has words in it, else in the server's, with its code to look up. */
export function Problem({ error, retry }: { error: Error | null; retry?: () => void }) {
  const t = useTexts();
  if (!error) return null;
  const code = 'code' in error ? String(error.code) : '';
  return (
    <div className="problem" role="alert">
      <strong>{t.common.failed}</strong>
      <p>
        {t.problems[code] ?? error.message} {code && <code>{code}</code>}
      </p>
      {retry && <button onClick={retry}>{t.common.retry}</button>}
    </div>
  );
}

/** The answer of a query once there is one; what was read last stays while the server is silent. */
export function Shown<T>({
  of,
  children,
}: {
  of: UseQueryResult<T, ProblemError>;
  children: (data: T) => ReactNode;
}) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Problem error={of.error} retry={() => void of.refetch()} />;
  return <Loading />;
}
