// The model of a Dockerfile: stages, steps and what each step does to which paths.

export interface Model {
  readonly text: string;
}
