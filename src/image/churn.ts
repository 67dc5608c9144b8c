// Files that package managers rewrite as a side effect, so that their waste can be judged apart.

/** Whose bookkeeping a file is. */
export type Churn = "apk" | "apt" | "conda" | "dpkg" | "ld" | "pyc" | "rpm";

const rules: readonly (readonly [RegExp, Churn])[] = [
  [/^\/var\/lib\/dpkg\/|^\/var\/cache\/debconf\/|^\/var\/log\/dpkg\.log$/, "dpkg"],
  [/^\/var\/lib\/apt\/|^\/var\/cache\/apt\/[^/]+\.bin$|^\/var\/log\/(apt\/|alternatives\.log$)/, "apt"],
  [
    /^\/var\/lib\/rpm\/|^\/usr\/lib\/sysimage\/rpm\/|^\/var\/lib\/(dnf|yum)\/|^\/var\/log\/(dnf|yum)[^/]*$/,
    "rpm",
  ],
  [/^\/(usr\/)?lib\/apk\/db\//, "apk"],
  [/^\/etc\/ld\.so\.cache$|^\/var\/cache\/ldconfig\/aux-cache$/, "ld"],
  [/\/conda-meta\/history$/, "conda"],
  [/\.py[co]$/, "pyc"],
];

/** Tells whether a path is a package manager's database, list or log, the linker's cache or compiled Python. */
export function churnOf(path: string): Churn | undefined {
  return rules.find(([pattern]) => pattern.test(path))?.[1];
}
