import { useState } from 'react';
import { usePlant } from '../api/queries.ts';
import { useTexts } from '../shell/settings.tsx';

/** The key stays in the memory of the page: it is neither stored nor part of an address. */
export function SignIn({ signedIn, use }: { signedIn: boolean; use: (key: string | undefined) => void }) {
  const t = useTexts();
  const [key, setKey] = useState('');
  const refused = usePlant().error?.status === 401;
  return (
    <section className="panel stack" aria-labelledby="key-heading">
      <h2 id="key-heading">{t.admin.key}</h2>
      <p className="quiet">{t.admin.keyHelp}</p>
      {signedIn && !refused ? (
        <p className="actions" role="status">
          {t.admin.signedIn} <button onClick={() => use(undefined)}>{t.admin.signOut}</button>
        </p>
      ) : (
        <form
          className="actions"
          onSubmit={(event) => {
            event.preventDefault();
            use(key.trim());
            setKey('');
          }}
        >
          <input
            type="password"
            autoComplete="off"
            aria-label={t.admin.key}
            required
            value={key}
            onChange={({ target }) => setKey(target.value)}
          />
          <button className="main">{t.admin.signIn}</button>
        </form>
      )}
      {signedIn && refused && <p role="alert">{t.admin.refused}</p>}
    </section>
  );
}
