/** The columns of a list of sources, as the overview and a district's page show it. */

import { Link } from 'react-router';
import type { SourceRow } from '../api.ts';
import { paths } from '../paths.ts';
import { Bars } from './bars.tsx';
import type { Column } from './list-table.tsx';
import { Mark } from './mark.tsx';
import { When } from './when.tsx';

const state: Column<SourceRow> = {
  head: 'State',
  width: '8rem',
  place: 'first',
  cell: (row) => <Mark mark={row.state} />,
};
const district: Column<SourceRow> = {
  head: 'District',
  width: '12rem',
  place: 'part',
  strong: true,
  cell: (row) => <Link to={paths.district(row.district.id)}>{row.district.name}</Link>,
};
const product: Column<SourceRow> = { head: 'Product', width: '6rem', place: 'part', cell: (row) => row.product.name };
const latest: Column<SourceRow> = {
  head: 'Last delivery',
  cell: (row) => (row.latest ? <Link to={paths.sync(row.latest.id)}>{row.sentence}</Link> : row.sentence),
};
const due: Column<SourceRow> = {
  head: 'Due',
  width: '7rem',
  place: 'named',
  cell: (row) => row.due ?? '–',
};
const age: Column<SourceRow> = {
  head: 'Age',
  width: '4.5rem',
  number: true,
  place: 'corner',
  cell: (row) => row.latest && <When at={row.latest.at} />,
};
const bars: Column<SourceRow> = {
  head: 'Changes',
  width: '7.5rem',
  cell: (row) => <Bars bars={row.bars} of={`${row.district.name}, ${row.product.name}`} />,
};

export const sourceColumns = [state, district, product, latest, due, age, bars];

const own: Column<SourceRow> = {
  head: 'Source',
  width: '11rem',
  place: 'part',
  strong: true,
  cell: (row) => (
    <Link to={paths.source(row.id)}>
      {row.product.name}, {row.name}
    </Link>
  ),
};

/** On the page of a district, where its name need not be said. */
export const districtSourceColumns = [state, own, latest, due, age, bars];
