'use strict';
const by = (id) => document.getElementById(id);
const element = (name, text, kind) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
};
const row = (...cells) => {
  const made = element('tr');
  for (const cell of cells) made.append(cell instanceof Node ? cell : element('td', cell));
  return made;
};
const ask = async (method, path, body) => {
  const answer = await fetch('/_sandbox/' + path, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  const read = text ? JSON.parse(text) : {};
  if (!answer.ok) throw new Error(read.error ? read.error.message : answer.statusText);
  return read;
};
const guarded = (work) => async (event) => {
  if (event) event.preventDefault();
  try {
    await work(event);
    by('problem').hidden = true;
  } catch (error) {
    by('problem').textContent = error.message;
    by('problem').hidden = false;
  }
};

const showClock = async () => {
  const clock = await ask('GET', 'clock');
  by('clock').textContent = new Date(clock.now).toLocaleString('en-AU', { dateStyle: 'full', timeStyle: 'medium' });
  const speed = by('speed');
  if (document.activeElement !== speed) speed.value = String(clock.speed);
};
const showFaults = async () => {
  const { faults } = await ask('GET', 'faults');
  by('clear').hidden = faults.length === 0;
  by('faults').replaceChildren(...faults.map((fault) => {
    const off = element('button', 'Switch off');
    off.onclick = guarded(async () => { await ask('DELETE', 'faults/' + fault.id); await showFaults(); });
    const last = element('td');
    last.append(off);
    return row(fault.operation || 'every call', fault.fault, fault.count === null ? 'until it is off' : String(fault.count), last);
  }));
  if (faults.length === 0) {
    const cell = element('td', 'All is well: no fault is on.', 'quiet');
    cell.colSpan = 4;
    by('faults').append(row(cell));
  }
};
const showOrders = async () => {
  const { orders, total } = await ask('GET', 'orders?limit=20');
  by('orders-total').textContent = total > orders.length ? `the newest ${orders.length} of ${total}` : '';
  by('orders').replaceChildren(...orders.map((order) => {
    const shown = element('article');
    const ended = ['CANCELLED', 'FAILED'].includes(order.status);
    const title = element('h3', `${order.orderId} · `);
    title.append(element('span', order.status.replaceAll('_', ' ').toLowerCase(), ended ? 'status ended' : 'status'));
    const about = `${order.clientReference} · ${order.customerId} · ${order.deliveryType} · $${order.totalAmount} with GST`;
    const lines = element('ul');
    for (const line of order.lines) {
      const counts = ['accepted', 'backordered', 'rejected', 'cancelled', 'shipped'].filter((name) => line[name] > 0);
      const told = counts.map((name) => `${line[name]} ${name}`).join(', ');
      lines.append(element('li', `${line.quantity} × ${line.productId}: ${told}`));
    }
    for (const shipment of order.shipments) {
      lines.append(element('li', `${shipment.carrier} ${shipment.trackingNumber}: ${shipment.status.replaceAll('_', ' ').toLowerCase()}`));
    }
    shown.append(title, element('div', about + (order.hasInvoice ? ' · invoiced' : ''), 'quiet'), lines);
    return shown;
  }));
  if (orders.length === 0) by('orders').append(element('p', 'No orders yet. POST /orders places one.', 'quiet'));
};
const showParts = async () => {
  const q = new FormData(by('search')).get('q');
  const { products } = await ask('GET', 'catalogue?limit=20&q=' + encodeURIComponent(q));
  by('parts').replaceChildren(...products.map((part) => row(
    part.sku, part.name, part.brand,
    element('td', `$${Number(part.price).toFixed(2)}`, 'number'), element('td', String(part.availableStock), 'number'))));
  if (products.length === 0) {
    const cell = element('td', 'Nothing found.', 'quiet');
    cell.colSpan = 5;
    by('parts').append(row(cell));
  }
};
const showAll = guarded(async () => { await Promise.all([showClock(), showFaults(), showOrders()]); });

for (const button of document.querySelectorAll('[data-advance]')) {
  button.onclick = guarded(async () => {
    await ask('POST', 'clock', { advanceSeconds: Number(button.dataset.advance) });
    await Promise.all([showClock(), showOrders(), showParts()]);
  });
}
by('speed').onchange = guarded(async (event) => { await ask('POST', 'clock', { speed: Number(event.target.value) }); await showClock(); });
const faultForm = by('fault');
const explain = () => { by('what').textContent = faultForm.elements.fault.selectedOptions[0].dataset.what; };
faultForm.elements.fault.onchange = explain;
faultForm.onsubmit = guarded(async () => {
  const { operation, fault, count } = Object.fromEntries(new FormData(faultForm));
  await ask('POST', 'faults', { operation, fault, ...(count ? { count: Number(count) } : {}) });
  await showFaults();
});
by('clear').onclick = guarded(async () => { await ask('DELETE', 'faults'); await showFaults(); });
by('search').onsubmit = guarded(showParts);
explain();
showAll();
guarded(showParts)();
setInterval(showAll, 2000);
