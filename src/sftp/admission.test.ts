import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admission, networkOf } from './admission.ts';

test('so many at once, so many from one address, so many new ones a minute', () => {
  const gate = admission({ connections: 5, connectionsPerAddress: 2, newConnectionsPerMinute: 4 });
  assert.equal(gate.enter('10.0.0.1', 0), undefined);
  assert.equal(gate.enter('10.0.0.1', 0), undefined);
  assert.match(gate.enter('10.0.0.1', 0) ?? '', /from your address/);
  assert.equal(gate.enter('10.0.0.2', 0), undefined);
  assert.equal(gate.enter('10.0.0.3', 0), undefined);
  assert.equal(gate.enter('10.0.0.4', 0), undefined);
  assert.match(gate.enter('10.0.0.5', 0) ?? '', /Too many connections at the moment/);
  gate.leave('10.0.0.1');
  gate.leave('10.0.0.1');
  gate.leave('10.0.0.1');
  assert.equal(gate.enter('10.0.0.1', 0), undefined);
  gate.leave('10.0.0.1');
  assert.equal(gate.enter('10.0.0.1', 0), undefined);
  gate.leave('10.0.0.1');
  assert.match(gate.enter('10.0.0.1', 0) ?? '', /Wait a minute/);
  assert.equal(gate.enter('10.0.0.1', 15_000), undefined, 'a quarter of a minute earns one of four');
});

test('one customer of IPv6 is a /64, and mapped addresses are IPv4', () => {
  assert.equal(networkOf('::ffff:10.0.0.1'), '10.0.0.1');
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(networkOf('2001:DB8:1:2::9'), '2001:db8:1:2::/64');
  assert.equal(networkOf('2001:db8::9'), '2001:db8:0:0::/64');
  assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
  assert.equal(networkOf('::1'), '0:0:0:0::/64');
});
