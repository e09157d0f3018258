/** Key pairs for tests: one ed25519 key in 256 comes out of ssh2 cut by a byte, and such a one is thrown away. */
import ssh2 from 'ssh2';

/** An ed25519 key pair as OpenSSH writes it. */
export function keyPair(): { private: string; public: string } {
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(made.private) instanceof Error)) return made;
  }
}
