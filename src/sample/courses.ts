/** The course catalogue of the sample district: what is taught in which grade, with SCED codes. */

/** Grades count from 0, kindergarten, to 12. */
export type Course = {
  id: string;
  code: string;
  title: string;
  grades: readonly number[];
  subject: string;
  sced: string;
  area: string;
};

/** A place in the week of a student: one of these courses. Two slots of one period differ in their semester. */
export type Slot = { courses: readonly Course[]; period: number; semester: 0 | 1 | 2 };

export const gradeCode = (grade: number): string => (grade === 0 ? 'KG' : String(grade).padStart(2, '0'));
export const gradeTitle = (grade: number): string => (grade === 0 ? 'Kindergarten' : `Grade ${grade}`);

/** All courses, in the order of the file. */
export const catalogue: Course[] = [];

function course(
  area: string,
  code: string,
  title: string,
  grades: readonly number[],
  subject: string,
  sced: string,
): Course {
  const made = { id: `CRS-${code}`, code, title, grades, subject, sced, area };
  catalogue.push(made);
  return made;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const graded = (area: string, prefix: string, title: string, subject: string, base: number, grade: number) =>
  course(
    area,
    `${prefix}-${gradeCode(grade)}`,
    `${title} ${grade}`,
    [grade],
    `${subject} (grade ${grade})`,
    String(base + grade),
  );

const K5 = range(0, 5);
const homerooms = K5.map((grade) =>
  course(
    'homeroom',
    `HR-${gradeCode(grade)}`,
    `${gradeTitle(grade)} Homeroom`,
    [grade],
    gradeTitle(grade),
    String(73030 + grade),
  ),
);
const specials = [
  course('art', 'ART-K5', 'Elementary Art', K5, 'Art', '55154'),
  course('music', 'MUS-K5', 'Elementary Music', K5, 'Music', '55101'),
  course('pe', 'PE-K5', 'Elementary Physical Education', K5, 'Physical Education', '58001'),
];

const middle = range(6, 8).map((grade) => [
  [graded('english', 'ELA', 'Language Arts', 'Language Arts', 51030, grade)],
  [
    graded('math', 'MAT', 'Mathematics', 'Mathematics', 52030, grade),
    graded('math', 'MAC', 'Accelerated Mathematics', 'Mathematics', 52030, grade),
  ],
  [graded('science', 'SCI', 'Science', 'Science', 53230, grade)],
  [graded('social', 'SOC', 'Social Studies', 'Social Studies', 54430, grade)],
  [graded('pe', 'PEM', 'Physical Education', 'Physical Education', 58030, grade)],
]);
const M = range(6, 8);
const middleElectives = [
  course('art', 'ART-68', 'Studio Art', M, 'Visual Arts', '55154'),
  course('music', 'BND-68', 'Band', M, 'General Band', '55101'),
  course('music', 'CHO-68', 'Chorus', M, 'Chorus', '55110'),
  course('language', 'SPA-68', 'Exploring Spanish', M, 'Spanish', '56101'),
  course('computing', 'CSD-68', 'Computer Science Discoveries', M, 'Computer Science', '60011'),
];

const english = [
  course('english', 'ENG-1', 'English I', [9], 'English/Language Arts I (9th grade)', '01001'),
  course('english', 'ENG-2', 'English II', [10], 'English/Language Arts II (10th grade)', '01002'),
  course('english', 'ENG-3', 'English III', [11], 'English/Language Arts III (11th grade)', '01003'),
  course('english', 'ENG-4', 'English IV', [12], 'English/Language Arts IV (12th grade)', '01004'),
];
const algebra = course('math', 'ALG-1', 'Algebra I', [9, 10], 'Algebra I', '02052');
const geometry = course('math', 'GEO-1', 'Geometry', [9, 10, 11], 'Geometry', '02072');
const algebra2 = course('math', 'ALG-2', 'Algebra II', [10, 11, 12], 'Algebra II', '02056');
const preCalculus = course('math', 'PRE-1', 'Pre-Calculus', [11, 12], 'Pre-Calculus', '02110');
const statistics = course('math', 'STA-1', 'Statistics', [12], 'Probability and Statistics', '02201');
const math = [
  [algebra, geometry],
  [geometry, algebra2],
  [algebra2, preCalculus],
  [statistics, preCalculus],
];
const science = [
  course('science', 'BIO-1', 'Biology', [9], 'Biology', '03051'),
  course('science', 'CHE-1', 'Chemistry', [10], 'Chemistry', '03101'),
  course('science', 'PHY-1', 'Physics', [11], 'Physics', '03151'),
  course('science', 'ENV-1', 'Environmental Science', [12], 'Environmental Science', '03003'),
];
const social = [
  course('social', 'WHI-1', 'World History', [9], 'World History-Overview', '04051'),
  course('social', 'USH-1', 'U.S. History', [10], 'U.S. History-Comprehensive', '04101'),
  course('social', 'GOV-1', 'U.S. Government', [11], 'U.S. Government-Comprehensive', '04151'),
  course('social', 'ECO-1', 'Economics', [12], 'Economics', '04201'),
];
const H = range(9, 12);
const languages = [
  course('language', 'SPA-1', 'Spanish', H, 'Spanish I', '06101'),
  course('language', 'FRE-1', 'French', H, 'French I', '06121'),
];
const highElectives = [
  course('pe', 'PED-1', 'Physical Education', H, 'Physical Education', '08001'),
  course('art', 'ART-1', 'Visual Arts', H, 'Visual Arts-Comprehensive', '05154'),
  course('music', 'BND-1', 'Concert Band', H, 'Concert Band', '05102'),
  course('theater', 'THE-1', 'Theater Arts', H, 'Theater Arts-Comprehensive', '05053'),
  course('computing', 'CSP-1', 'Computer Science Principles', H, 'Computer Science Principles', '10019'),
  course('health', 'HEA-1', 'Health', H, 'Health Education', '08051'),
];

/** Periods in the day of a secondary school. */
export const periods = 6;

const slot = (courses: readonly Course[], period: number, semester: 0 | 1 | 2 = 0): Slot => ({
  courses,
  period,
  semester,
});

/** What every student of a grade takes. */
export const slotsOf: readonly (readonly Slot[])[] = [
  ...homerooms.map((room) => [slot([room], 0), ...specials.map((special) => slot([special], 0))]),
  ...middle.map((core) => [...core.map((courses, period) => slot(courses, period)), slot(middleElectives, 5)]),
  ...H.map((_, year) => [
    slot([english[year] as Course], 0),
    slot(math[year] as Course[], 1),
    slot([science[year] as Course], 2),
    slot([social[year] as Course], 3),
    slot(languages, 4),
    slot(highElectives, 5, 1),
    slot([...highElectives].reverse(), 5, 2),
  ]),
];
